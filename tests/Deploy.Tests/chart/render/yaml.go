package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"

	yaml "gopkg.in/yaml.v3"
)

// Numbers pass through JSON as in helm, so they are float64 in templates: a large one printed without `int64` shows as 3.3e+07,
// here as there.
func throughJson(value interface{}) (map[string]interface{}, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoded := map[string]interface{}{}
	err = json.Unmarshal(encoded, &decoded)
	return decoded, err
}

func readYamlFile(path string) (map[string]interface{}, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var value map[string]interface{}
	if err := yaml.Unmarshal(content, &value); err != nil {
		return nil, err
	}
	if value == nil {
		value = map[string]interface{}{}
	}
	return throughJson(value)
}

// merge lays overlay over base without changing either. Null in the overlay deletes the key.
func merge(base, overlay map[string]interface{}) map[string]interface{} {
	merged := map[string]interface{}{}
	for key, value := range base {
		merged[key] = value
	}
	for key, value := range overlay {
		over, isMap := value.(map[string]interface{})
		under, wasMap := merged[key].(map[string]interface{})
		switch {
		case value == nil:
			delete(merged, key)
		case isMap && wasMap:
			merged[key] = merge(under, over)
		default:
			merged[key] = value
		}
	}
	return merged
}

func toYaml(value interface{}) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	var decoded interface{}
	if err := decoder.Decode(&decoded); err != nil {
		return ""
	}
	var buffer bytes.Buffer
	encoder := yaml.NewEncoder(&buffer)
	encoder.SetIndent(2)
	if err := encoder.Encode(withNumbers(decoded)); err != nil {
		return ""
	}
	return strings.TrimSuffix(buffer.String(), "\n")
}

func withNumbers(value interface{}) interface{} {
	switch typed := value.(type) {
	case json.Number:
		if whole, err := typed.Int64(); err == nil {
			return whole
		}
		fraction, _ := typed.Float64()
		return fraction
	case map[string]interface{}:
		for key, item := range typed {
			typed[key] = withNumbers(item)
		}
	case []interface{}:
		for i, item := range typed {
			typed[i] = withNumbers(item)
		}
	}
	return value
}

func fromYaml(text string) map[string]interface{} {
	value := map[string]interface{}{}
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return map[string]interface{}{"Error": err.Error()}
	}
	decoded, err := throughJson(value)
	if err != nil {
		return map[string]interface{}{"Error": err.Error()}
	}
	return decoded
}

func toJson(value interface{}) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(encoded)
}

func parseObjects(text string) ([]interface{}, error) {
	objects := []interface{}{}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var object map[string]interface{}
		err := decoder.Decode(&object)
		if err != nil && err.Error() == "EOF" {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		if object != nil {
			objects = append(objects, object)
		}
	}
}
