// Fuzzing of the manifests' parsers: they come from outside.

package export

import (
	"path/filepath"
	"strings"
	"testing"
)

func FuzzParseSummary(f *testing.F) {
	f.Add([]byte(`{"version":"2020-06-30","exportArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/Music/export/01715685260608-c488b4e1","startTime":"2024-05-14T11:14:20.608Z","endTime":"2024-05-14T11:19:33.000Z","tableArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/Music","tableId":"x","exportTime":"2024-05-14T11:14:20.608Z","s3Bucket":"b","s3Prefix":null,"s3SseAlgorithm":"AES256","s3SseKmsKeyId":null,"manifestFilesS3Key":"AWSDynamoDB/01715685260608-c488b4e1/manifest-files.json","billedSizeBytes":19,"itemCount":3,"outputFormat":"DYNAMODB_JSON"}`))
	f.Add([]byte(`{"tableArn":"a:table/t","exportFromTime":"2024-05-14T11:14:20.608Z","exportToTime":"2024-05-14T11:14:20.608Z","itemCount":1,"outputFormat":"ION","exportType":"INCREMENTAL_EXPORT"}`))
	f.Add([]byte(`{"tableArn":"a:table/"}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ParseSummary(text)
		if err != nil {
			return
		}
		if s.ItemCount < 0 || s.OutputFormat == "" || tableOf(s.TableArn) == "" {
			t.Errorf("accepted %+v", s)
		}
		if strings.Contains(s.ID(), "/") && !strings.Contains(s.ExportArn, "/export/") {
			t.Errorf("id %q", s.ID())
		}
		if id := identifier(tableOf(s.TableArn)); id == "" || identifier(id) != id {
			t.Errorf("identifier %q", id)
		}
		s.Incremental()
	})
}

func FuzzParseFiles(f *testing.F) {
	f.Add([]byte(`{"itemCount":3,"md5Checksum":"rzAeIrtALbOlNdK5Hh8tgA==","etag":"d1663e41-1","dataFileS3Key":"AWSDynamoDB/1/data/x.json.gz"}` + "\n"))
	f.Add([]byte(`{"itemCount":3,"dataFileS3Key":"../x"}` + "\n\n" + `{"dataFileS3Key":"a//b"}`))
	f.Add([]byte(`{"itemCount":-3,"dataFileS3Key":"x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		files, err := ParseFiles(text)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, m := range files {
			if m.ItemCount < 0 || seen[m.DataFileS3Key] || !filepath.IsLocal(m.DataFileS3Key) {
				t.Errorf("accepted %+v", m)
			}
			seen[m.DataFileS3Key] = true
		}
	})
}
