// The manifests of a DynamoDB export: manifest-summary.json, one object, and
// manifest-files.json, one object a line (semantics 1.2, 1.3).

package export

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strconv"
	"strings"
	"time"
)

// Format is the format of an export's data files, as manifests name it.
type Format string

// The formats. Formats of other names are refused.
const (
	Ion          Format = "ION"
	DynamoDBJSON Format = "DYNAMODB_JSON"
)

// Summary is manifest-summary.json, of a full or an incremental export.
type Summary struct {
	Version            string    `json:"version"` // 2020-06-30; 2023-08-01 where incremental
	ExportArn          string    `json:"exportArn"`
	StartTime          time.Time `json:"startTime"`
	EndTime            time.Time `json:"endTime"`
	TableArn           string    `json:"tableArn"`
	TableID            string    `json:"tableId"`
	ExportTime         time.Time `json:"exportTime"`     // full
	ExportFromTime     time.Time `json:"exportFromTime"` // incremental, included
	ExportToTime       time.Time `json:"exportToTime"`   // incremental, excluded
	S3Bucket           string    `json:"s3Bucket"`
	S3Prefix           string    `json:"s3Prefix"`
	S3SseAlgorithm     string    `json:"s3SseAlgorithm"`
	S3SseKmsKeyID      string    `json:"s3SseKmsKeyId"`
	ManifestFilesS3Key string    `json:"manifestFilesS3Key"`
	BilledSizeBytes    int64     `json:"billedSizeBytes"`
	ItemCount          int64     `json:"itemCount"`
	OutputFormat       Format    `json:"outputFormat"`
	OutputView         string    `json:"outputView"` // incremental
	ExportType         string    `json:"exportType"` // FULL_EXPORT, INCREMENTAL_EXPORT; empty in older manifests
}

// ManifestFile is one line of manifest-files.json.
type ManifestFile struct {
	ItemCount     int64  `json:"itemCount"`
	MD5Checksum   string `json:"md5Checksum"` // base64, of the stored bytes
	ETag          string `json:"etag"`
	DataFileS3Key string `json:"dataFileS3Key"` // from the bucket's root
}

// ParseSummary reads manifest-summary.json. Fields that it does not know are
// passed over; the ones that everything hangs on must be there.
func ParseSummary(text []byte) (*Summary, error) {
	s := new(Summary)
	if err := decode(text, s); err != nil {
		return nil, err
	}
	switch {
	case s.TableArn == "":
		return nil, errors.New("it has no tableArn")
	case tableOf(s.TableArn) == "":
		return nil, fmt.Errorf("its tableArn names no table: %q", s.TableArn)
	case s.ItemCount < 0:
		return nil, fmt.Errorf("its itemCount is %d", s.ItemCount)
	case s.OutputFormat == "":
		return nil, errors.New("it has no outputFormat")
	case s.ManifestFilesS3Key != "" && !safeKey(s.ManifestFilesS3Key):
		return nil, fmt.Errorf("its manifestFilesS3Key is no key of an export: %s", shown(s.ManifestFilesS3Key))
	case s.ManifestFilesS3Key != "" && !s.ownKey(s.ManifestFilesS3Key):
		return nil, fmt.Errorf("its manifestFilesS3Key is not that of its own export: %s", shown(s.ManifestFilesS3Key))
	}
	return s, nil
}

// ownKey reports whether a key may be that of the export's own list of files:
// [prefix/]AWSDynamoDB/<export id>/manifest-files.json (semantics 1.1).
func (s *Summary) ownKey(key string) bool {
	_, id, ok := strings.Cut(s.ExportArn, "/export/")
	return path.Base(key) == filesName && (!ok || id == "" || path.Base(path.Dir(key)) == id)
}

// Incremental reports whether the export holds the changes of a time window
// instead of a table.
func (s *Summary) Incremental() bool {
	return s.ExportType == "INCREMENTAL_EXPORT" || s.ExportType == "" && !s.ExportFromTime.IsZero()
}

// Table is the DynamoDB table's name.
func (s *Summary) Table() string { return tableOf(s.TableArn) }

// ID is the export's id: the last element of its ARN, or of the folder that its
// manifest lies in. It may be empty.
func (s *Summary) ID() string {
	if _, id, ok := strings.Cut(s.ExportArn, "/export/"); ok && id != "" {
		return id
	}
	if dir := path.Dir(s.ManifestFilesS3Key); dir != "." && dir != "/" {
		return path.Base(dir)
	}
	return ""
}

// tableOf is the table's name in an ARN such as
// arn:aws:dynamodb:eu-west-1:123456789012:table/Music.
func tableOf(arn string) string {
	_, name, _ := strings.Cut(arn, ":table/")
	name, _, _ = strings.Cut(name, "/")
	return name
}

// ParseFiles reads manifest-files.json. Errors name the line.
func ParseFiles(text []byte) ([]ManifestFile, error) {
	var out []ManifestFile
	for f, err := range fileLines(text) {
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// fileLines yields the lines of manifest-files.json that are not empty, with what
// is wrong with each.
func fileLines(text []byte) iter.Seq2[ManifestFile, error] {
	return func(yield func(ManifestFile, error) bool) {
		seen := map[string]int{}
		n := 0
		for line := range bytes.Lines(text) {
			n++
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			var f ManifestFile
			err := decode(line, &f)
			if err == nil {
				err = f.check()
			}
			if first := seen[f.DataFileS3Key]; err == nil && first > 0 {
				err = fmt.Errorf("%s is on line %d already", f.DataFileS3Key, first)
			}
			if err != nil {
				err = fmt.Errorf("line %d: %w", n, err)
			} else {
				seen[f.DataFileS3Key] = n
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

func (f *ManifestFile) check() error {
	switch {
	case f.DataFileS3Key == "":
		return errors.New("it has no dataFileS3Key")
	case !safeKey(f.DataFileS3Key):
		return fmt.Errorf("its dataFileS3Key is no key of an export: %s", shown(f.DataFileS3Key))
	case f.ItemCount < 0:
		return fmt.Errorf("its itemCount is %d", f.ItemCount)
	}
	if f.MD5Checksum != "" {
		if sum, err := base64.StdEncoding.DecodeString(f.MD5Checksum); err != nil || len(sum) != md5.Size {
			return fmt.Errorf("its md5Checksum is no base64 of an MD5: %q", f.MD5Checksum)
		}
	}
	return nil
}

// maxKey is the length of S3's longest keys, in bytes.
const maxKey = 1024

// shown is a key as messages show it.
func shown(key string) string {
	if len(key) > 200 {
		key = strings.ToValidUTF8(key[:200], "") + "..."
	}
	return strconv.Quote(key)
}

// safeKey reports whether a key can be looked up below a folder without leading
// out of it, on any system. No export has keys with empty, "." or ".." elements,
// backslashes, or control characters.
func safeKey(key string) bool {
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7F || r == '\\' }) {
		return false
	}
	for part := range strings.SplitSeq(key, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return !device(path.Base(key))
}

// device reports whether a file of that name is a device, a drive or a stream of
// another file on Windows. Data files have names of 26 letters and digits.
func device(base string) bool {
	name, _, _ := strings.Cut(strings.ToUpper(base), ".")
	name = strings.TrimRight(name, " ")
	switch name {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	if rest := strings.TrimPrefix(strings.TrimPrefix(name, "COM"), "LPT"); rest != name && (len(rest) == 1 && rest[0] >= '0' && rest[0] <= '9' || rest == "\u00B9" || rest == "\u00B2" || rest == "\u00B3") {
		return true
	}
	return strings.Contains(base, ":")
}

// decode reads exactly one JSON object.
func decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(into); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return errors.New("it ends in the middle of its JSON")
		}
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows its JSON object")
	}
	return nil
}

// checksumMatches compares content with an .md5 file's text: base64 of the MD5,
// with or without white space around it.
func checksumMatches(content, sumFile []byte) bool {
	sum := md5.Sum(content)
	return base64.StdEncoding.EncodeToString(sum[:]) == string(bytes.TrimSpace(sumFile))
}
