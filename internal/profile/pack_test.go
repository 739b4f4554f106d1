package profile

import (
	"bytes"
	"compress/gzip"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	packedFile  = "packed.bin"
	writtenFile = "written.gz"
)

func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

// dataIDs lists the profiles in data, sorted as their sections are.
func dataIDs(t *testing.T) (ids []string) {
	t.Helper()
	files, err := filepath.Glob("data/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		ids = append(ids, strings.TrimSuffix(filepath.Base(f), ".yaml"))
	}
	slices.Sort(ids)
	return ids
}

// readWritten decodes every embedded profile from its YAML: what it says itself,
// and with what it extends.
func readWritten(t *testing.T) (ids []string, own, whole map[string]*Profile) {
	t.Helper()
	own, whole = map[string]*Profile{}, map[string]*Profile{}
	var read func(id string, chain []string) (*Profile, error)
	read = func(id string, chain []string) (*Profile, error) {
		if p := whole[id]; p != nil {
			return p, nil
		}
		parse := func() (*Profile, *Profile, error) {
			data, err := os.ReadFile("data/" + id + ".yaml")
			if err != nil {
				return nil, nil, err
			}
			return parseOwn(source{name: id + ".yaml", data: data, citing: true}, Known{}, read, append(chain[:len(chain):len(chain)], id))
		}
		mine, base, err := parse()
		if err != nil {
			return nil, err
		}
		own[id] = mine
		merged := *mine
		merged.complete(base)
		whole[id] = &merged
		return &merged, nil
	}
	ids = dataIDs(t)
	for _, id := range ids {
		if _, err := read(id, nil); err != nil {
			t.Fatal(err)
		}
	}
	return ids, own, whole
}

// The packed profiles are the written ones, to the last word.
func TestPacked(t *testing.T) {
	ids, own, whole := readWritten(t)
	want, err := pack(ids, func(id string) (*Profile, *Profile, error) { return own[id], whole[id], nil })
	if err != nil {
		t.Fatal(err)
	}
	got := packed
	if want != got {
		if !updating() {
			t.Fatalf("%s is not what the profiles in data say; run go generate ./internal/profile", packedFile)
		}
		if err := os.WriteFile(packedFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		got = want
	}
	l := newLibrary(got)
	for i, p := range l.All() {
		if diff := cmp.Diff(whole[ids[i]], p, comparers()...); diff != "" {
			t.Errorf("%s:\n%s", ids[i], diff)
		}
		if h := headOf(p); !reflect.DeepEqual(h, l.heads()[i]) {
			t.Errorf("%s: the head is %+v, want %+v", ids[i], l.heads()[i], h)
		}
	}
	t.Logf("%d profiles in %d bytes", len(ids), len(got))
}

// Source gives every profile as it is in data, to the last byte.
func TestWritten(t *testing.T) {
	var want [][]byte
	for _, id := range dataIDs(t) {
		text, err := os.ReadFile("data/" + id + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, text)
	}
	got, err := unzip(written)
	if err == nil && slices.EqualFunc(got, want, bytes.Equal) {
		return
	}
	if !updating() {
		t.Fatalf("%s is not what is in data (%v); run go generate ./internal/profile", writtenFile, err)
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(bytes.Join(want, []byte{0})); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(writtenFile, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func comparers() []cmp.Option {
	return []cmp.Option{
		cmp.Comparer(func(a, b Ref) bool { return a == b }),
		cmp.Comparer(func(a, b *regexp.Regexp) bool { return a.String() == b.String() }),
		cmp.Comparer(func(a, b Text) bool {
			return a.Substring == b.Substring && a.Regexp == b.Regexp && a.Empty == b.Empty && a.needle() == b.needle()
		}),
	}
}

// Names by which profiles are asked for lead to one.
func TestNamesAreUnique(t *testing.T) {
	all := sections()
	taken := map[string]string{}
	for _, s := range all {
		taken[s.id] = s.id
	}
	for _, s := range all {
		for _, alias := range s.aliases {
			if other, ok := taken[alias]; ok {
				t.Errorf("the alias %s of %s is also %s", alias, s.id, other)
			}
			taken[alias] = s.id
		}
	}
}

// What the counts say is what the profiles themselves have.
func TestMessages(t *testing.T) {
	l := NewLibrary()
	want := map[string]int{}
	for _, p := range l.All() {
		for _, s := range p.Symptoms {
			if s.From == p.ID {
				for _, cause := range s.Explains {
					want[cause]++
				}
			}
		}
	}
	for cause, n := range want {
		if got := l.Messages(cause); got != n {
			t.Errorf("%s: %d messages, want %d", cause, got, n)
		}
	}
	if len(want) < 100 || l.Messages("no-such-cause") != 0 {
		t.Errorf("%d causes", len(want))
	}
}
