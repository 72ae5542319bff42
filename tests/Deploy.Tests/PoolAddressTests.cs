using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TestKit;

namespace Deploy.Tests;

/// <summary>A release of three pools without a cluster: processes stand in for pods, nginx for the ingress controller.</summary>
[Collection(Machine.Whole)]
public sealed class PoolAddressTests : IDisposable
{
    private const string Host = "classify.example.org";
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolFact(ToolFactAttribute.ChartRenderer, "nginx")]
    public async Task OneAddress_TwelveModelsInThreePools_EachIsAnsweredByItsPool()
    {
        JsonObject values = Chart.ReadYaml(Path.Combine(Chart.Folder, "examples", "many-models.yaml"))[0];
        values["ingress"] = JsonNode.Parse($$"""{"enabled":true,"hosts":[{"host":"{{Host}}"}]}""");
        RenderedChart chart = Chart.Render(values);
        Dictionary<string, string[]> pools = values["pools"]!.AsArray().ToDictionary(
            pool => $"release-inference-service-{pool!["name"]}",
            pool => pool!["serve"]!.AsArray().Select(model => (string)model!).ToArray());
        // A store for each pool with its models alone: an answer proves that the right pool was asked.
        foreach ((string name, string[] models) in pools) await InstallAsync(Path.Combine(_folder.Path, name), models);
        List<RenderedPod> pods = [.. pools.Keys.Select(name => new RenderedPod(OfPool(chart, name), Path.Combine(_folder.Path, name)))];
        using Process nginx = StartNginx(chart, pools.Keys.Zip(pods), out Uri address);
        try
        {
            foreach (RenderedPod pod in pods) await pod.WaitForStartAsync();

            List<string> answered = [];
            foreach (string model in pools.Values.SelectMany(models => models))
            {
                JsonNode answer = JsonNode.Parse(await ClassifyAsync(new Uri(address, $"/v1/models/{model}:classify")))!;
                if ((string?)answer["model"] == model) answered.Add(model);
                Assert.Equal(HttpStatusCode.OK, await StatusAsync(new Uri(address, $"/v1/models/{model}")));
            }

            Assert.Equal(12, answered.Count);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(new Uri(address, "/v1/models")));
            // What is for operators stays inside.
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(new Uri(address, "/metrics")));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(new Uri(address, "/health/ready")));
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            foreach (RenderedPod pod in pods) pod.Dispose();
        }
    }

    /// <summary>Networks of one block in each stage under the models' names: the addresses are what is tested.</summary>
    private static async Task InstallAsync(string store, string[] models)
    {
        foreach (string model in models)
        {
            JsonObject container = JsonNode.Parse("""{"command":["dotnet","/app/export.dll"]}""")!.AsObject();
            container["args"] = new JsonArray("resnet_basic_1-1-1-1", "--synthetic", "--name", model, "--store", "/models");
            ToolResult result = await Task.Run(() => RenderedPod.RunInstaller(container, store));
            Assert.True(result.ExitCode == 0, result.Error);
        }
    }

    /// <summary>The pool's own objects, on a port that the pods of one machine do not share.</summary>
    private static RenderedChart OfPool(RenderedChart chart, string name)
    {
        JsonArray objects = [.. chart.Objects.Where(each => (string?)each!["metadata"]!["name"] == name).Select(each => each!.DeepClone())];
        RenderedChart pool = new(objects, "");
        int port = RolloutTests.FreePort();
        pool.Single("ConfigMap")["data"]!["ASPNETCORE_HTTP_PORTS"] = $"{port}";
        pool.ServiceContainer["ports"]![0]!["containerPort"] = port;
        return pool;
    }

    /// <summary>nginx with the paths of the Ingress, in its own terms.</summary>
    private Process StartNginx(RenderedChart chart, IEnumerable<(string Service, RenderedPod Pod)> backends, out Uri address)
    {
        int port = RolloutTests.FreePort();
        Dictionary<string, Uri> addresses = backends.ToDictionary(backend => backend.Service, backend => backend.Pod.Address);
        StringBuilder locations = new();
        foreach (JsonNode? path in chart.Single("Ingress")["spec"]!["rules"]![0]!["http"]!["paths"]!.AsArray())
        {
            Uri backend = addresses[(string)path!["backend"]!["service"]!["name"]!];
            string match = (string?)path["pathType"] == "Exact" ? "= " : "";
            locations.Append($"location {match}{path["path"]} {{ proxy_pass http://{backend.Authority}; }}\n");
        }

        string file = _folder.File("nginx.conf");
        File.WriteAllText(
            file,
            $$"""
            daemon off; pid {{_folder.File("nginx.pid")}}; error_log {{_folder.File("error.log")}};
            events {}
            http { access_log off; client_body_temp_path {{_folder.File("bodies")}}; proxy_temp_path {{_folder.File("answers")}};
              server { listen 127.0.0.1:{{port}}; server_name {{Host}}; location / { return 404; }
            {{locations}} } }
            """);
        address = new Uri($"http://127.0.0.1:{port}");
        return Process.Start(new ProcessStartInfo("nginx", ["-p", _folder.Path, "-c", file]))!;
    }

    private static async Task<string> ClassifyAsync(Uri address)
    {
        using ByteArrayContent body = new(RolloutTests.Picture);
        body.Headers.ContentType = new("image/png");
        using HttpResponseMessage answer = await Client.PostAsync(address, body);
        Assert.True(answer.IsSuccessStatusCode, $"{address}: {answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<HttpStatusCode> StatusAsync(Uri address)
    {
        using HttpResponseMessage answer = await Client.GetAsync(address);
        return answer.StatusCode;
    }
}
