using System.Net;
using System.Text.Json;
using Export;
using Export.Onnx;
using InferenceApi.Runtime.Providers;
using Microsoft.AspNetCore.Mvc.Testing;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

/// <summary>An int8 variant from the export tool to the answer: it says what it is, and answers as the fp32 model does.</summary>
public sealed class Int8ModelTests
{
    [Fact]
    public async Task Int8Variant_SaysItsPrecision_AndAnswersAsFp32()
    {
        using var folder = new TemporaryFolder();
        using var client = new HttpClient();
        ModelExporter exporter = ModelExporter.Create(new StoreFolder(folder.Path), client);
        var request = new ExportRequest { Name = "tiny", SyntheticSeed = 1, Architecture = "resnet_basic_1-1-1-1" };
        await exporter.ExportAsync(request);
        await exporter.ExportAsync(request with
        {
            Name = "tiny_int8",
            Precision = Precision.Int8,
            Calibrate = ExportRequest.Noise,
            AcceptAgreement = true,
        });
        using var api = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseSetting("Serving:Store", folder.Path);
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
        });
        using HttpClient http = api.CreateClient();

        JsonElement single = await ClassifyAsync(http, "tiny", HttpStatusCode.OK);
        Assert.Equal("fp32", single.GetProperty("precision").GetString());
        if (!Int8Support.HasVnni)
        {
            await ClassifyAsync(http, "tiny_int8", HttpStatusCode.ServiceUnavailable);
            return;
        }

        JsonElement bytes = await ClassifyAsync(http, "tiny_int8", HttpStatusCode.OK);
        Assert.Equal("int8", bytes.GetProperty("precision").GetString());
        Assert.InRange(First(bytes) - First(single), -0.15, 0.15);
        using HttpResponseMessage answer = await http.GetAsync(new Uri("/v1/models/tiny_int8", UriKind.Relative));
        JsonElement detail = await ApiFactory.JsonOf(answer);
        Assert.Equal("int8", detail.GetProperty("precision").GetString());
        JsonElement agreement = detail.GetProperty("agreement");
        Assert.Equal("noise", agreement.GetProperty("calibration").GetProperty("source").GetString());
        Assert.True(agreement.GetProperty("acceptedBelowLimits").GetBoolean());
    }

    private static double First(JsonElement answer) =>
        answer.GetProperty("results")[0].GetProperty("predictions")[0].GetProperty("probability").GetDouble();

    private static async Task<JsonElement> ClassifyAsync(HttpClient http, string model, HttpStatusCode expected)
    {
        using ByteArrayContent picture = new(SmallPng.Rgb(300, 260));
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"/v1/models/{model}:classify", UriKind.Relative), picture);
        Assert.Equal(expected, answer.StatusCode);
        return await ApiFactory.JsonOf(answer);
    }
}
