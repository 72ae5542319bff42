// Renders the chart as helm does, from Debian's golang and sprig packages, where there is no helm.
//
//	render CHART [values.yaml ...]     prints the manifests
//	render -batch CHART < values.json  a JSON array of values in, an array of {text, objects, error} out
//	render -json FILE ...              YAML files as a JSON array
//
// Not covered, because the chart does not use it: subcharts, hooks' order, the values schema (checked by ../validate).
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

type result struct {
	Text    string        `json:"text"`
	Objects []interface{} `json:"objects"`
	Error   string        `json:"error"`
}

func main() {
	batch := flag.Bool("batch", false, "read a JSON array of values from standard input")
	kube := flag.String("kube", "1.34.0", "Kubernetes version the templates see")
	asJson := flag.Bool("json", false, "print YAML files as a JSON array")
	flag.Parse()
	if flag.NArg() < 1 {
		fmt.Fprintln(os.Stderr, "usage: render [-batch] [-kube VERSION] CHART [values.yaml ...]")
		os.Exit(2)
	}
	if *asJson {
		exitOn(printJson(flag.Args()))
		return
	}
	loaded, err := loadChart(flag.Arg(0), *kube)
	exitOn(err)
	if *batch {
		exitOn(renderBatch(loaded))
		return
	}
	overlay := map[string]interface{}{}
	for _, path := range flag.Args()[1:] {
		values, err := readYamlFile(path)
		exitOn(err)
		overlay = merge(overlay, values)
	}
	text, err := loaded.render(overlay)
	exitOn(err)
	fmt.Print(text)
}

func renderBatch(loaded *chart) error {
	var overlays []map[string]interface{}
	if err := json.NewDecoder(os.Stdin).Decode(&overlays); err != nil {
		return err
	}
	results := make([]result, len(overlays))
	for i, overlay := range overlays {
		text, err := loaded.render(overlay)
		if err == nil {
			results[i].Text = text
			results[i].Objects, err = parseObjects(text)
		}
		if err != nil {
			results[i].Error = err.Error()
		}
	}
	return json.NewEncoder(os.Stdout).Encode(results)
}

func printJson(paths []string) error {
	documents := make([]interface{}, len(paths))
	for i, path := range paths {
		document, err := readYamlFile(path)
		if err != nil {
			return err
		}
		documents[i] = document
	}
	return json.NewEncoder(os.Stdout).Encode(documents)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}

// chartFiles lists a chart's files below a folder, by their path inside the chart, sorted.
func chartFiles(root, folder string) ([]string, error) {
	var names []string
	err := filepath.Walk(filepath.Join(root, folder), func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	sort.Strings(names)
	return names, err
}

func isManifest(name string) bool {
	return strings.HasSuffix(name, ".yaml") && !strings.HasPrefix(filepath.Base(name), "_")
}
