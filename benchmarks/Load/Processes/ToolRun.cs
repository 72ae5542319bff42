using System.Diagnostics;
using System.Text.Json;

namespace Benchmarks.Load.Processes;

/// <summary>A measuring program that prints one JSON document and ends.</summary>
internal static class ToolRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <exception cref="InvalidOperationException">It failed; the message has its last words.</exception>
    public static async Task<T> ReadAsync<T>(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        string output = await TextAsync(command, cancellation).ConfigureAwait(false);
        return JsonSerializer.Deserialize<T>(output, JsonSerializerOptions.Web)
            ?? throw new InvalidOperationException($"{command[0]} printed nothing.");
    }

    /// <summary>What it printed.</summary>
    public static async Task<string> TextAsync(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        using Process process = Process.Start(ChildProcess.StartInfo(command))
            ?? throw new InvalidOperationException($"{command[0]} did not start.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            if (process.ExitCode == 0) return await output.ConfigureAwait(false);
            string words = (await errors.ConfigureAwait(false)).Trim();
            throw new InvalidOperationException($"{string.Join(' ', command)} failed: {words[^Math.Min(words.Length, 2000)..]}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
