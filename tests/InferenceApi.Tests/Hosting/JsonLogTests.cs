using System.Text.Json;
using TestKit;

namespace InferenceApi.Tests.Hosting;

/// <summary>Logging:Console:FormatterName=json, as a shipper of logs reads it.</summary>
public sealed class JsonLogTests
{
    [NoCudaFact]
    public async Task Line_HasATimestamp_AndEachValueOnce()
    {
        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        ServiceRun run = await ServiceRun.OfAsync(["--Runtime:Provider=cuda"], ("Logging__Console__FormatterName", "json"));

        Assert.Equal(1, run.ExitCode);
        string text = run.Output.Split('\n').Single(each => each.Contains("\"EventId\":1024", StringComparison.Ordinal));
        JsonElement line = JsonDocument.Parse(text).RootElement;
        Assert.InRange(line.GetProperty("Timestamp").GetDateTimeOffset(), before.AddSeconds(-1), TimeProvider.System.GetUtcNow());
        Assert.Equal("Critical", line.GetProperty("LogLevel").GetString());
        Assert.Equal("InferenceApi.Runtime", line.GetProperty("Category").GetString());
        Assert.Equal(["Reason"], line.GetProperty("State").EnumerateObject().Select(value => value.Name));
        string reason = line.GetProperty("State").GetProperty("Reason").GetString()!;
        Assert.DoesNotContain(reason, line.GetProperty("Message").GetString(), StringComparison.Ordinal);
        Assert.All(run.Output.TrimEnd().Split('\n'), each => JsonDocument.Parse(each).Dispose());
    }
}
