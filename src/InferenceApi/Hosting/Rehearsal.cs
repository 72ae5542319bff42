using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Imaging;
using InferenceApi.Endpoints.Requests;
using InferenceApi.Serving;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using ModelStore;

namespace InferenceApi.Hosting;

/// <summary>
/// Runs the whole walk before the service says that it is ready, so that no caller pays for compilation. While the models are loaded, which
/// is native work, a small picture of each format is decoded and prepared, and the service answers a request of its own that carries no
/// picture; with the models warm it answers some that do. A failure here is logged and does not prevent the start.
/// </summary>
internal sealed partial class Rehearsal(
    IServer server,
    ImagePreprocessor preprocessor,
    ReadinessState readiness,
    RehearsalKey key,
    IOptions<ServingOptions> serving,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<Rehearsal> logger) : BackgroundService
{
    // The first compiles, the second shows that nothing is left; a third was as fast as the tenth.
    private const int Answers = 3;

    // A model that answers this slowly is ready all the same.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (serving.Value.Preload.Count > 0) readiness.AwaitRehearsal();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (serving.Value.Preload.Count == 0) return;
        try
        {
            Task pictures = Task.Run(PreprocessEveryFormat, stoppingToken);
            await StartedAsync(stoppingToken);
            Uri? address = Address();
            if (address is not null) await SendAsync(address, serving.Value.Preload[0], [], stoppingToken);
            await pictures;
            await readiness.Loaded.WaitAsync(stoppingToken);
            using var enough = new CancellationTokenSource(Longest, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, stoppingToken);
            for (int i = 0; address is not null && i < Answers; i++)
                await SendAsync(address, serving.Value.Preload[0], Picture("baseline.jpg"), either.Token);
        }
#pragma warning disable CA1031 // A rehearsal that fails makes the first answers slower and nothing else.
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, failure);
        }
        finally
        {
            key.Expire();
            readiness.EndRehearsal();
        }
    }

    private static byte[] Picture(string name)
    {
        using Stream picture = Assembly.GetExecutingAssembly().GetManifestResourceStream("WarmUp/" + name)!;
        byte[] bytes = new byte[picture.Length];
        picture.ReadExactly(bytes);
        return bytes;
    }

    private void PreprocessEveryFormat()
    {
        foreach (string resource in Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith("WarmUp/", StringComparison.Ordinal)))
            preprocessor.Preprocess(Picture(resource["WarmUp/".Length..]), PreprocessingRecipe.ImageNet, out _).Dispose();
    }

    private Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(started.SetResult);
        return started.Task.WaitAsync(cancellation);
    }

    /// <summary>Where this service listens in clear text, reached over the loopback; null where it does not.</summary>
    private Uri? Address()
    {
        foreach (string address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            if (BindingAddress.Parse(address) is not { IsUnixPipe: false, Scheme: "http" } binding) continue;
            bool any = !IPAddress.TryParse(binding.Host.Trim('[', ']'), out IPAddress? host) || host.Equals(IPAddress.Any)
                || host.Equals(IPAddress.IPv6Any);
            return new UriBuilder("http", any ? IPAddress.Loopback.ToString() : binding.Host, binding.Port).Uri;
        }

        return null;
    }

    /// <summary>One request by a socket: an HTTP client would have to be compiled too.</summary>
    private async Task SendAsync(Uri address, string model, byte[] picture, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, cancellation);
        NetworkStream stream = client.GetStream();
        string head = $"POST /v1/models/{model}:classify HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n"
            + $"{RehearsalKey.Header}: {key.Value}\r\nContent-Type: application/octet-stream\r\nContent-Length: {picture.Length}\r\n\r\n";
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. picture], cancellation);
        byte[] answer = new byte[4096];
        while (await stream.ReadAsync(answer, cancellation) > 0)
        {
            // Read to its end, so that the whole answer has been written.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1034, LogLevel.Warning, "The rehearsal before the first request failed; the first answers will be slower.")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
