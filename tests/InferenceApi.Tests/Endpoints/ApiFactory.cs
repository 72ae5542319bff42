using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

/// <summary>The real service in process, on a store of its own with a network small enough to run at once.</summary>
public sealed class ApiFactory : WebApplicationFactory<Program>
{
    public const string Model = "resnet50_swsl";
    public const int Classes = 1000;
    public const int MaxRequestBytes = 1 << 20;

    private readonly TemporaryFolder _store = new();

    public ApiFactory()
    {
        Store = new StoreFolder(_store.Path);
        Store.Install(Model, TinyOnnx.Create(224, Classes), 224, Classes);
    }

    internal StoreFolder Store { get; }

    /// <summary>Settings on top of the fixture's own; set before the first client.</summary>
    public Dictionary<string, string> Settings { get; } = new()
    {
        ["Uploads:MaxRequestBytes"] = MaxRequestBytes.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Serving:WarmUpBudget"] = "00:00:00",
        ["Logging:LogLevel:Default"] = "Warning",
    };

    /// <summary>What the service logs, as far as the levels in <see cref="Settings"/> let it through.</summary>
    internal RecordedLog Log { get; } = new();

    public static async Task<JsonElement> JsonOf(HttpResponseMessage answer)
    {
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return json.RootElement.Clone();
    }

    public async Task<HttpResponseMessage> ClassifyAsync(
        byte[] body, string? type = "application/octet-stream", string query = "", string model = Model)
    {
        using HttpClient client = CreateClient();
        var content = new ByteArrayContent(body);
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        return await client.PostAsync($"/v1/models/{model}:classify{query}", content);
    }

    public async Task<HttpResponseMessage> ClassifyFormAsync(params (string Name, byte[] Bytes)[] files)
    {
        using HttpClient client = CreateClient();
        var form = new MultipartFormDataContent();
        foreach ((string name, byte[] bytes) in files) form.Add(new ByteArrayContent(bytes), "image", name);
        return await client.PostAsync($"/v1/models/{Model}:classify", form);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.ConfigureLogging(logging => logging.AddProvider(Log));
        builder.UseSetting("Serving:Store", _store.Path);
        foreach ((string key, string value) in Settings) builder.UseSetting(key, value);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) _store.Dispose();
    }
}
