using System.Text.Json.Nodes;

namespace InferenceApi.Endpoints.OpenApi;

/// <summary>What the document shows. The request can be sent as it is; a test sends it.</summary>
internal static class Examples
{
    /// <summary>A grey PNG of 1 × 1 pixel.</summary>
    public static JsonNode Request => JsonNode.Parse("""
        { "images": [ { "name": "pixel.png",
          "b64": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==" } ] }
        """)!;

    /// <summary>A real ResNet-18's answer to a photograph of a Samoyed.</summary>
    public static JsonNode Answer => JsonNode.Parse("""
        { "model": "resnet18_real", "version": "1", "weights": "custom", "precision": "fp32",
          "results": [
            { "name": "dog.jpg", "width": 1546, "height": 1213,
              "predictions": [
                { "index": 258, "wnid": "n02111889", "label": "Samoyed", "probability": 0.81392 },
                { "index": 257, "wnid": "n02111500", "label": "Great Pyrenees", "probability": 0.0876214 } ] } ] }
        """)!;
}
