package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
)

type chart struct {
	metadata  map[string]interface{}
	values    map[string]interface{}
	files     files
	templates *template.Template
	names     []string
	kube      string
}

type files map[string]string

// Get is what templates call as .Files.Get.
func (f files) Get(name string) string { return f[name] }

type apiVersions struct{}

// Has answers for every API, so that goldens show everything the chart can make.
func (apiVersions) Has(string) bool { return true }

func loadChart(root, kube string) (*chart, error) {
	metadata, err := readYamlFile(filepath.Join(root, "Chart.yaml"))
	if err != nil {
		return nil, err
	}
	capitalised := map[string]interface{}{}
	for key, value := range metadata {
		capitalised[strings.ToUpper(key[:1])+key[1:]] = value
	}
	values, err := readYamlFile(filepath.Join(root, "values.yaml"))
	if err != nil {
		return nil, err
	}
	loaded := &chart{metadata: capitalised, values: values, files: files{}, kube: kube}
	names, err := chartFiles(root, "files")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return nil, err
		}
		loaded.files[name] = string(content)
	}
	return loaded, loaded.parseTemplates(root)
}

func (c *chart) parseTemplates(root string) error {
	c.templates = template.New("chart").Option("missingkey=zero")
	c.templates.Funcs(c.functions())
	names, err := chartFiles(root, "templates")
	if err != nil {
		return err
	}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		if _, err := c.templates.New(name).Parse(string(content)); err != nil {
			return err
		}
	}
	c.names = names
	return nil
}

func (c *chart) functions() template.FuncMap {
	functions := sprig.TxtFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	functions["toYaml"] = toYaml
	functions["fromYaml"] = fromYaml
	functions["toJson"] = toJson
	functions["include"] = func(name string, data interface{}) (string, error) {
		var buffer bytes.Buffer
		err := c.templates.ExecuteTemplate(&buffer, name, data)
		return buffer.String(), err
	}
	functions["tpl"] = func(text string, data interface{}) (string, error) {
		clone, err := c.templates.Clone()
		if err != nil {
			return "", err
		}
		parsed, err := clone.New("tpl").Parse(text)
		if err != nil {
			return "", err
		}
		var buffer bytes.Buffer
		err = parsed.Execute(&buffer, data)
		return buffer.String(), err
	}
	functions["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return value, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	functions["fail"] = func(message string) (string, error) { return "", fmt.Errorf("%s", message) }
	functions["lookup"] = func(...string) map[string]interface{} { return map[string]interface{}{} }
	return functions
}

// render gives the manifests in the order of their files, each with the comment helm puts before it.
func (c *chart) render(overlay map[string]interface{}) (string, error) {
	version := strings.SplitN(c.kube, ".", 3)
	data := map[string]interface{}{
		"Values": merge(c.values, overlay),
		"Chart":  c.metadata,
		"Files":  c.files,
		"Release": map[string]interface{}{
			"Name": "release", "Namespace": "inference", "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1,
		},
		"Capabilities": map[string]interface{}{
			"KubeVersion": map[string]interface{}{"Version": "v" + c.kube, "Major": version[0], "Minor": version[1]},
			"APIVersions": apiVersions{},
		},
	}
	var all strings.Builder
	for _, name := range c.names {
		if !isManifest(name) {
			if !strings.HasSuffix(name, "NOTES.txt") {
				continue
			}
		}
		data["Template"] = map[string]interface{}{"Name": "inference-service/" + name, "BasePath": "inference-service/templates"}
		var buffer bytes.Buffer
		if err := c.templates.ExecuteTemplate(&buffer, name, data); err != nil {
			return "", err
		}
		text := strings.TrimSpace(strings.ReplaceAll(buffer.String(), "<no value>", ""))
		if text == "" {
			continue
		}
		if !isManifest(name) {
			text = "# " + strings.ReplaceAll(text, "\n", "\n# ")
		}
		fmt.Fprintf(&all, "---\n# Source: inference-service/%s\n%s\n", name, strings.TrimPrefix(text, "---\n"))
	}
	return all.String(), nil
}
