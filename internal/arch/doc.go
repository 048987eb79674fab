// Package arch holds the test that keeps the shape of the project: which package may import which, which ones stay free of
// clocks, sockets and files, and that each opens with its story.
//
// Words:
//
//   - Layer: a row of layers.go; imports go from later rows to earlier ones only, never sideways or up. A new package gets
//     its place there before it compiles in CI.
//   - Pure: a package that decides and does not act. Time and seeds come in as arguments, so that a simulation can play
//     thousands of histories.
//   - Story: the package comment in doc.go, which says what the package is, its words, who owns what, where to start.
//
// The test reads source with go/parser and needs no build. Start reading at layers.go.
package arch
