using System.Diagnostics;
using System.Runtime.InteropServices;
using Benchmarks.Load.Arrivals;

namespace Benchmarks.Load.Processes;

/// <summary>A server under test on the loopback: started, awaited, measured, and always ended.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;
    private readonly Task _log;

    private ServiceProcess(Process process, int port, string logFile)
    {
        _process = process;
        _log = LogAsync(process, logFile);
        Port = port;
        LogFile = logFile;
    }

    public int Port { get; }

    /// <summary>What it has written.</summary>
    public string LogFile { get; }

    public ProcessUsage Usage => new(_process.Id);

    /// <summary>Process start to the first 200 of /health/ready.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <param name="command">Program and arguments.</param>
    /// <param name="port">Where it was told to listen.</param>
    /// <param name="logFile">Receives its output.</param>
    /// <param name="patience">How long it may take to become ready.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">
    /// It ended, or did not become ready in time; the message has the end of its log.
    /// </exception>
    public static async Task<ServiceProcess> StartAsync(
        IReadOnlyList<string> command, int port, string logFile, TimeSpan patience, CancellationToken cancellation)
    {
        long startedAt = Stopwatch.GetTimestamp();
        Process process = Process.Start(ChildProcess.StartInfo(command))
            ?? throw new InvalidOperationException($"{command[0]} did not start.");
        var service = new ServiceProcess(process, port, logFile);
        try
        {
            await service.WaitUntilReadyAsync(startedAt, patience, cancellation).ConfigureAwait(false);
            return service;
        }
        catch (Exception failure) when (failure is TimeoutException or InvalidOperationException)
        {
            await service.DisposeAsync().ConfigureAwait(false);
            string tail = string.Join('\n', File.ReadLines(logFile).TakeLast(20));
            throw new InvalidOperationException($"{string.Join(' ', command)}: {failure.Message}\n{tail}", failure);
        }
        catch
        {
            await service.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _log.ConfigureAwait(false);
        _process.Dispose();
    }

    /// <summary>Asks it to stop, and ends it where it does not.</summary>
    /// <returns>How long it took; zero where it had ended before.</returns>
    public async Task<TimeSpan> StopAsync()
    {
        long asked = Stopwatch.GetTimestamp();
        if (_process.HasExited) return TimeSpan.Zero;
        if (!OperatingSystem.IsWindows()) _ = Signal(_process.Id, Terminate);
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        return Stopwatch.GetElapsedTime(asked);
    }

    private async Task WaitUntilReadyAsync(long startedAt, TimeSpan patience, CancellationToken cancellation)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromSeconds(2) };
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellation)
                    .ConfigureAwait(false);
                TimeToReady = Stopwatch.GetElapsedTime(startedAt);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception failure)
                when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                // Not listening yet.
            }

            if (_process.HasExited)
                throw new InvalidOperationException($"it ended with exit code {_process.ExitCode} before it was ready.");
            if (Stopwatch.GetElapsedTime(startedAt) > patience)
                throw new TimeoutException($"it was not ready within {patience.TotalSeconds} s.");
            PreciseWait.Until(Stopwatch.GetTimestamp() + (long)(PollInterval.TotalSeconds * Stopwatch.Frequency));
        }
    }

    private static async Task LogAsync(Process process, string logFile)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(logFile)!);
        var file = new StreamWriter(logFile) { AutoFlush = true };
        await using (file.ConfigureAwait(false))
        {
            TextWriter writer = TextWriter.Synchronized(file);
            await Task.WhenAll(CopyAsync(process.StandardOutput), CopyAsync(process.StandardError)).ConfigureAwait(false);

            async Task CopyAsync(StreamReader from)
            {
                while (await from.ReadLineAsync().ConfigureAwait(false) is { } line)
                    await writer.WriteLineAsync(line).ConfigureAwait(false);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}
