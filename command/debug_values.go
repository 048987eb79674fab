package command

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"unsafe"

	"clusternode/internal/listpack"
	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/rdb"
	"clusternode/resp"
)

func debugObject(c *Ctx) {
	c.withKey(c.Args[2], func(k *Key) {
		e := k.Part.Find(k.Hash, k.Bytes) // one that has expired can be looked at
		if !e.Exists() {
			c.W.Error(resp.ErrNoSuchKey)
			return
		}
		v := valueOf(e)
		text := fmt.Sprintf("Value at:%p refcount:%d encoding:%s serializedlength:%d lru:%d lru_seconds_idle:%d",
			unsafe.SliceData(e.Value()), c.refCount(e), e.Encoding(), rdb.Length(k.Part.Space(), v, c.dumpOptions()), e.LRU(), int64(keyspace.LRUIdle(e.LRU(), c.LRUClock())))
		if e.Encoding() == object.EncQuicklist {
			nodes, elements, size := 0, 0, 0
			for n := range rdb.Nodes(k.Part.Space(), v) {
				nodes++
				elements += n.Elements
				size += len(n.Bytes)
			}
			text += fmt.Sprintf(" ql_nodes:%d ql_avg_node:%.2f ql_listpack_max:%d ql_compressed:0 ql_uncompressed_size:%d",
				nodes, float64(elements)/float64(nodes), c.Env.Settings.ListMaxListpackSize.Load(), size)
		}
		c.W.SimpleString(text)
	})
}

// debugListpack prints a packed value, on the server's standard output as
// Redis does.
func debugListpack(c *Ctx) {
	c.printValue("listpack", func(e keyspace.Entry) bool {
		return e.Encoding() == object.EncListpack || e.Encoding() == object.EncListpackEx
	}, func(w io.Writer, k *Key, e keyspace.Entry) {
		printListpack(w, e.Value(), true)
	})
}

// debugQuicklist prints a list that is not packed as the nodes that a file has
// for it; with a true third argument also what is in them.
func debugQuicklist(c *Ctx) {
	full := len(c.Args) == 4 && string(c.Args[3]) != "0"
	c.printValue("quicklist", func(e keyspace.Entry) bool {
		return e.Encoding() == object.EncQuicklist
	}, func(w io.Writer, k *Key, e keyspace.Entry) {
		i := 0
		for n := range rdb.Nodes(k.Part.Space(), valueOf(e)) {
			fmt.Fprintf(w, "{node %d: elements %d, bytes %d, plain %t}\n", i, n.Elements, len(n.Bytes), n.Plain)
			if full && n.Plain {
				fmt.Fprintf(w, "  %q\n", n.Bytes)
			} else if full {
				printListpack(w, n.Bytes, false)
			}
			i++
		}
	})
}

// printValue looks a key up and prints its value if that has the encoding.
func (c *Ctx) printValue(name string, has func(e keyspace.Entry) bool, show func(w io.Writer, k *Key, e keyspace.Entry)) {
	c.withKey(c.Args[2], func(k *Key) {
		e := k.Part.Find(k.Hash, k.Bytes)
		switch {
		case !e.Exists():
			c.W.Error(resp.ErrNoSuchKey)
		case !has(e):
			c.W.Error("ERR Not a " + name + " encoded object.")
		default:
			out := bufio.NewWriter(os.Stdout)
			fmt.Fprintf(out, "{%s of %d bytes}\n", e.Encoding(), len(e.Value()))
			show(out, k, e)
			if err := out.Flush(); err != nil {
				c.W.Error("ERR " + err.Error())
				return
			}
			c.W.SimpleString(string(name[0]-'a'+'A') + name[1:] + " structure printed on stdout")
		}
	})
}

// printListpack prints the entries of a listpack.
func printListpack(w io.Writer, lp []byte, head bool) {
	if head {
		fmt.Fprintf(w, "{total bytes %d, elements %d}\n", len(lp), listpack.Len(lp))
	}
	i := 0
	for at := listpack.First(lp); at >= 0; at = listpack.Next(lp, at) {
		v := listpack.Get(lp, at)
		fmt.Fprintf(w, "  {offset %d, index %d, bytes %d, integer %t} %q\n", at, i, listpack.Size(lp, at), v.IsInt, v.Append(nil))
		i++
	}
}
