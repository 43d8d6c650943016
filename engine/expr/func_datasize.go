package expr

// parse_data_size (DataSizeFunctions in Trino's source) and contains of a network
// and an address (IpAddressFunctions).

import (
	"math/big"
	"net/netip"
	"strings"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
)

// dataUnits are the units, each 1024 of the one before.
var dataUnits = []string{"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"}

func parseDataSize(s string) (decimal.Int128, error) {
	invalid := func() (decimal.Int128, error) {
		return decimal.Int128{}, invalidArgument("Invalid data size: '%s'", s)
	}
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == '.') {
		n++
	}
	num, unit := s[:n], -1
	for k, u := range dataUnits {
		if s[n:] == u {
			unit = k
		}
	}
	if unit < 0 || strings.Trim(num, ".") == "" || strings.Count(num, ".") > 1 {
		return invalid()
	}
	r, ok := new(big.Rat).SetString(num)
	if !ok {
		return invalid()
	}
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 10*uint(unit))))
	bytes := new(big.Int).Quo(r.Num(), r.Denom())
	v, _, _, ok := decimal.Parse(bytes.String())
	if !ok {
		return v, outOfRange("Value out of range: '%s' ('%sB')", s, bytes)
	}
	return v, nil
}

// inNetwork reports whether an address, in 16 bytes, lies in a network.
func inNetwork(cidr, address string) (bool, error) {
	base, length, ok := strings.Cut(cidr, "/")
	if !ok {
		return false, invalidArgument("Invalid CIDR")
	}
	ip, err := netip.ParseAddr(base)
	if err != nil || ip.Zone() != "" {
		return false, invalidArgument("Invalid network IP address")
	}
	bits, ok := parseJavaInt(length, 32)
	if !ok {
		return false, invalidArgument(`For input string: "%s"`, length)
	}
	network := ip.As16()
	switch {
	case bits < 0:
		return false, invalidArgument("Invalid prefix length")
	case ip.Is4():
		// Of a network that is written as IPv4 no bit behind the prefix may be set.
		if bits > 32 || !zeroAfter(network[12:], int(bits)) {
			return false, invalidArgument("Invalid CIDR")
		}
		bits += 96
	case bits > 128:
		return false, invalidArgument("Invalid CIDR")
	}
	for k := range 16 {
		left := int(bits) - 8*k
		if left <= 0 {
			break
		}
		mask := byte(0xFF)
		if left < 8 {
			mask <<= 8 - left
		}
		if (network[k]^address[k])&mask != 0 {
			return false, nil
		}
	}
	return true, nil
}

func zeroAfter(b []byte, bits int) bool {
	for k := bits; k < 8*len(b); k++ {
		if b[k/8]>>(7-k%8)&1 != 0 {
			return false
		}
	}
	return true
}

func init() {
	for _, name := range []string{"parse_data_size", "parse_presto_data_size"} {
		register(name+"(varchar(x))", func(a *Args, i int, out *page.Builder) error {
			v, err := parseDataSize(a.str(0, i))
			if err == nil {
				out.Int128(v)
			}
			return err
		})
	}
	register("contains(varchar, ipaddress)", func(a *Args, i int, out *page.Builder) error {
		in, err := inNetwork(a.str(0, i), a.str(1, i))
		if err == nil {
			out.Bool(in)
		}
		return err
	})
}
