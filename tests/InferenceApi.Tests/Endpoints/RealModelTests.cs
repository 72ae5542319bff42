using System.Globalization;
using System.Net;
using System.Text.Json;
using Export;
using Microsoft.AspNetCore.Mvc.Testing;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

/// <summary>The first promise, end to end: a real checkpoint, exported, answers real photographs over HTTP as PyTorch did.</summary>
public sealed class RealModelTests
{
    // What the reference's six decimals and float rounding between two runtimes allow.
    private const double Tolerance = 1e-4;
    private const double Tie = 2e-6;

    [SharedFact]
    public async Task RealResNet18_AnswersAllPhotographs_AsPyTorch()
    {
        using var folder = new TemporaryFolder();
        var store = new StoreFolder(folder.Path);
        using var client = new HttpClient();
        await ModelExporter.Create(store, client)
            .ExportAsync(new ExportRequest { Name = "resnet18_real", Checkpoint = Fixtures.Weights("resnet18_real.pth")! });
        using var api = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseSetting("Serving:Store", folder.Path);
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
        });
        using HttpClient http = api.CreateClient();

        string[] lines = File.ReadAllLines(Fixtures.Weights("resnet18_real.top5.csv")!)[1..];
        double worst = 0;
        foreach (string line in lines) worst = Math.Max(worst, await CompareAsync(http, line.Split(',')));

        Assert.Equal(101, lines.Length);
        Assert.InRange(worst, 0, Tolerance);
        Console.WriteLine($"101 photographs over HTTP: top-5 equal, max abs probability difference {worst:e2}");
    }

    private static async Task<double> CompareAsync(HttpClient http, string[] expected)
    {
        byte[] photograph = await File.ReadAllBytesAsync(Fixtures.Image(expected[0])!);
        using HttpResponseMessage answer = await http.PostAsync("/v1/models/resnet18_real:classify", new ByteArrayContent(photograph));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        JsonElement[] predictions =
            [.. (await ApiFactory.JsonOf(answer)).GetProperty("results")[0].GetProperty("predictions").EnumerateArray()];

        double worst = 0;
        for (int place = 0; place < 5; place++)
        {
            int index = int.Parse(expected[1 + (place * 2)], CultureInfo.InvariantCulture);
            double probability = double.Parse(expected[2 + (place * 2)], CultureInfo.InvariantCulture);
            double actual = predictions[place].GetProperty("probability").GetDouble();
            worst = Math.Max(worst, Math.Abs(actual - probability));
            bool tied = Neighbours(expected, place).Any(other => Math.Abs(other - probability) <= Tie);
            if (!tied) Assert.True(
                index == predictions[place].GetProperty("index").GetInt32(), $"{expected[0]}, place {place + 1}: expected {index}");
        }

        return worst;
    }

    private static IEnumerable<double> Neighbours(string[] expected, int place) =>
        from other in (int[])[place - 1, place + 1]
        where other is >= 0 and < 5
        select double.Parse(expected[2 + (other * 2)], CultureInfo.InvariantCulture);
}
