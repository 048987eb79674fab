package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

const module = "clusternode"

// leastStory is how many bytes a package comment has at least; a title alone tells nobody where to start.
const leastStory = 300

// pkg is one folder of Go files.
type pkg struct {
	path  string // below the module
	files []*ast.File
	names []string // of the files, in the same order
}

// packages reads every package of the module, tests left out.
func packages(t *testing.T) []*pkg {
	root, err := testserver.ModuleRoot()
	require.NoError(t, err)
	byPath := map[string]*pkg{}
	fset := token.NewFileSet()
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") && file != root {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
		if os.IsNotExist(err) {
			return nil // an editor's file that came and went
		}
		if err != nil {
			return err
		}
		dir := path.Dir(filepath.ToSlash(rel))
		if byPath[dir] == nil {
			byPath[dir] = &pkg{path: dir}
		}
		byPath[dir].files = append(byPath[dir].files, f)
		byPath[dir].names = append(byPath[dir].names, path.Base(rel))
		return nil
	})
	require.NoError(t, err)
	var out []*pkg
	for _, p := range byPath {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *pkg) int { return strings.Compare(a.path, b.path) })
	require.Greater(t, len(out), 5)
	return out
}

// imports lists what the package imports: paths below the module as they are, others with their full name.
func (p *pkg) imports() []string {
	var out []string
	for _, f := range p.files {
		for _, im := range f.Imports {
			out = append(out, strings.Trim(im.Path.Value, `"`))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// layer is the row of the package, -1 if it has none.
func layer(pkgPath string) int {
	for i, row := range layers {
		for _, name := range row {
			if pkgPath == name || strings.HasSuffix(name, "/") && strings.HasPrefix(pkgPath, name) {
				return i
			}
		}
	}
	return -1
}

func TestImportsGoDown(t *testing.T) {
	for _, p := range packages(t) {
		own := layer(p.path)
		if own < 0 {
			t.Errorf("%s has no place in layers.go", p.path)
			continue
		}
		for _, im := range p.imports() {
			if user, ok := soleImporters[im]; ok && p.path != user {
				t.Errorf("%s imports %s, which only %s may", p.path, im, user)
			}
			below, ok := strings.CutPrefix(im, module+"/")
			if !ok {
				continue
			}
			if slices.Contains(tools, below) {
				if !slices.Contains(toolUsers, p.path) {
					t.Errorf("%s imports %s, which is for tests and measurements", p.path, im)
				}
				continue
			}
			if slices.Contains(tools, p.path) {
				continue
			}
			// Within internal the compiler's ban on cycles is enough.
			if other := layer(below); other > own || other == own && own != 0 {
				t.Errorf("%s imports %s: imports go down only, see layers.go", p.path, im)
			}
		}
	}
}

func TestPurePackagesDoNotAct(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.Contains(pure, p.path) {
			continue
		}
		for _, im := range p.imports() {
			if impure(im) {
				t.Errorf("%s imports %s", p.path, im)
			}
		}
		for i, f := range p.files {
			for _, call := range impureUses(f) {
				t.Errorf("%s/%s uses %s: time and seeds come in as arguments", p.path, p.names[i], call)
			}
		}
	}
}

// impure says whether an import reaches outside the process; net/netip only names addresses.
func impure(im string) bool {
	switch im {
	case "net/netip":
		return false
	case "math/rand", "crypto/rand", "syscall", "log", "log/slog", "golang.org/x/sys/unix":
		return true
	}
	first, _, _ := strings.Cut(im, "/")
	return first == "net" || first == "os" || first == "plugin"
}

// impureUses finds uses of the clock and of the global random source.
func impureUses(f *ast.File) []string {
	local := map[string]string{} // name in the file -> import path
	for _, im := range f.Imports {
		full := strings.Trim(im.Path.Value, `"`)
		name := path.Base(full)
		if full == "math/rand/v2" {
			name = "rand"
		}
		if im.Name != nil {
			name = im.Name.Name
		}
		local[name] = full
	}
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		id, ok := sel.X.(*ast.Ident)
		if !ok || id.Obj != nil { // a variable of that name shadows the import
			return true
		}
		switch local[id.Name] {
		case "time":
			if slices.Contains(clockCalls, sel.Sel.Name) {
				found = append(found, "time."+sel.Sel.Name)
			}
		case "math/rand/v2":
			if !slices.Contains(seededRand, sel.Sel.Name) {
				found = append(found, "rand."+sel.Sel.Name)
			}
		}
		return true
	})
	return found
}

func TestEveryPackageHasItsStory(t *testing.T) {
	for _, p := range packages(t) {
		at := slices.Index(p.names, "doc.go")
		if at < 0 {
			t.Errorf("%s has no doc.go", p.path)
			continue
		}
		doc := p.files[at].Doc.Text()
		name := path.Base(p.path)
		if !strings.HasPrefix(doc, "Package "+name+" ") && !strings.HasPrefix(doc, "Command "+name+" ") {
			t.Errorf("%s/doc.go begins neither with \"Package %s\" nor \"Command %s\"", p.path, name, name)
		}
		if len(doc) < leastStory {
			t.Errorf("%s/doc.go tells its story in %d bytes, less than %d", p.path, len(doc), leastStory)
		}
	}
}

func TestPackageNamesSayWhatTheyAre(t *testing.T) {
	for _, p := range packages(t) {
		for part := range strings.SplitSeq(p.path, "/") {
			if slices.Contains(badNames, part) {
				t.Errorf("%s: %q says nothing", p.path, part)
			}
		}
	}
}

// TestTheTestItself plants what the checks have to find.
func TestTheTestItself(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x
import ("time"; clock "time"; "math/rand/v2")
var a = time.Now
var b = clock.Since
var c = rand.IntN(3)
var d = rand.New(rand.NewPCG(1, 2))
var e time.Duration
func g(time struct{ Now int }) int { return time.Now }
`, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"time.Now", "time.Since", "rand.IntN"}, impureUses(f))
	for _, im := range []string{"net", "net/http", "os", "os/exec", "math/rand", "crypto/rand"} {
		require.True(t, impure(im), im)
	}
	for _, im := range []string{"net/netip", "math/rand/v2", "time", "errors", "clusternode/slots"} {
		require.False(t, impure(im), im)
	}
	require.Less(t, layer("slots"), layer("keyspace"))
	require.Less(t, layer("cluster"), layer("gossip"))
	require.Less(t, layer("gossip"), layer("command"))
	require.Less(t, layer("command"), layer("server"))
	require.Less(t, layer("server"), layer("cmd/clusternode"))
	require.Equal(t, -1, layer("utils"))
}
