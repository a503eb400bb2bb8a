//! Whether a value is what a schema of an OpenAPI document says: the words of JSON Schema that ours use,
//! and nothing let through that the schema does not name.

use serde_json::Value;

/// Everything that is wrong with the value; a word of the schema that is not known here is wrong too.
pub fn complaints(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(document, schema, value, "$", &mut found);
    found
}

fn check(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (word, said) in schema.as_object().unwrap() {
        let fits = match word.as_str() {
            "$ref" => {
                let place = said.as_str().unwrap().trim_start_matches('#');
                check(document, document.pointer(place).unwrap(), value, at, found);
                true
            }
            "oneOf" => {
                let choices = said.as_array().unwrap().iter();
                choices.filter(|choice| complaints(document, choice, value).is_empty()).count() == 1
            }
            "type" => said
                .as_array()
                .map_or_else(|| is_a(value, said), |kinds| kinds.iter().any(|kind| is_a(value, kind))),
            "properties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    match said.get(name) {
                        Some(schema) => check(document, schema, inner, &format!("{at}.{name}"), found),
                        None => found.push(format!("{at}.{name} is not in the document")),
                    }
                }
                true
            }
            "required" if value.is_object() => {
                said.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "required" => true,
            "items" => {
                for inner in value.as_array().into_iter().flatten() {
                    check(document, said, inner, &format!("{at}[]"), found);
                }
                true
            }
            "enum" => said.as_array().unwrap().contains(value),
            "minimum" => value.is_null() || value.as_f64() >= said.as_f64(),
            "maximum" => value.is_null() || value.as_f64() <= said.as_f64(),
            "format" if said == "date-time" => {
                value.is_null() || value.as_str().unwrap().parse::<jiff::Timestamp>().is_ok()
            }
            "format" => said == "int32" || said == "int64",
            "description" | "example" => true,
            _ => false,
        };
        if !fits {
            found.push(format!("{at}: {value} is against {word}: {said}"));
        }
    }
}

fn is_a(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[test]
fn what_differs_from_the_schema_is_found() {
    let document = serde_json::json!({ "a": { "type": "object", "required": ["b"], "properties": {
        "b": { "type": ["string", "null"] }, "c": { "type": "array", "items": { "type": "integer", "minimum": 1 } },
        "d": { "type": "string", "format": "date-time" }, "e": { "oneOf": [{ "type": "null" }, { "enum": ["x"] }] },
    } } });
    let wrong = |value: &str| {
        complaints(&document, &serde_json::json!({ "$ref": "#/a" }), &serde_json::from_str(value).unwrap())
            .len()
    };
    assert_eq!(wrong(r#"{"b": null, "c": [1, 2], "d": "2026-11-22T07:00:00Z", "e": "x"}"#), 0);
    for value in [
        r#"{"c": []}"#,
        r#"{"b": 1}"#,
        r#"{"b": "", "f": 1}"#,
        r#"{"b": "", "c": [0]}"#,
        r#"{"b": "", "d": "yesterday"}"#,
        r#"{"b": "", "e": "y"}"#,
    ] {
        assert_eq!(wrong(value), 1, "{value}");
    }
}
