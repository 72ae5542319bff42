using System.Runtime.InteropServices;
using Benchmarks.Load.Processes;

namespace Benchmarks.Load.Reporting;

/// <summary>Where and with what the figures were taken.</summary>
internal sealed record MachineFacts(
    string Processor, int Cores, string OperatingSystem, string Runtime, string Sdk, string Commit, string LoadBefore)
{
    private const string Unknown = "unknown";

    public static async Task<MachineFacts> ReadAsync(string root, CancellationToken cancellation)
    {
        string commit = await LineAsync(["git", "-C", root, "rev-parse", "--short=10", "HEAD"], cancellation).ConfigureAwait(false);
        string changes = await LineAsync(["git", "-C", root, "status", "--porcelain", "--untracked-files=no"], cancellation)
            .ConfigureAwait(false);
        return new MachineFacts(
            ProcessorName(),
            Environment.ProcessorCount,
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            await LineAsync(["dotnet", "--version"], cancellation).ConfigureAwait(false),
            changes.Length == 0 || commit == Unknown ? commit : commit + "+changes",
            File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Trim() : "unknown");
    }

    /// <summary>For file names.</summary>
    public string ProcessorSlug =>
        new([.. Processor.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c == ' ').Select(c => c == ' ' ? '-' : c)]);

    private static string ProcessorName()
    {
        string? line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static async Task<string> LineAsync(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        try
        {
            return (await ToolRun.TextAsync(command, cancellation).ConfigureAwait(false)).Trim();
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return Unknown;
        }
    }
}
