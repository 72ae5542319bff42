using System.Net;
using System.Net.Http.Headers;
using ModelStore;

namespace Export.Downloads;

/// <summary>
/// Fetches a published checkpoint: resumes where a broken connection stopped, retries with doubling waits, and accepts the file only
/// if its length and SHA-256 are the published ones.
/// </summary>
public sealed class CheckpointDownload(HttpClient client, DownloadOptions options, TimeProvider time)
{
    private const int BufferBytes = 1 << 18;

    /// <summary>A client that notices a dead network within seconds; the length of a download is not limited.</summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Downloads the file of a catalogue entry into a folder; a complete and correct one is kept.</summary>
    /// <param name="entry">What to fetch.</param>
    /// <param name="folder">Where it goes; a partial file there is resumed.</param>
    /// <param name="progress">Receives the number of bytes on disk.</param>
    /// <param name="cancel">Stops at once and keeps the partial file.</param>
    /// <returns>Path and digest of the complete file.</returns>
    /// <exception cref="DownloadException">No network, refused by the server, or not the published file.</exception>
    public async Task<(string Path, FileDigest Digest)> FetchAsync(
        CatalogEntry entry, string folder, IProgress<long>? progress = null, CancellationToken cancel = default)
    {
        string path = Path.Combine(folder, entry.File), partial = path + ".part";
        using PartialFile file = new(partial);
        if (File.Exists(path) && FileDigest.Of(path, entry.File) is { } existing && IsPublished(existing, entry))
        {
            File.Delete(partial);
            return (path, existing);
        }

        await ReceiveAllAsync(AddressOf(entry), file, entry, progress, cancel).ConfigureAwait(false);
        FileDigest digest = file.Digest(entry.File);
        if (!IsPublished(digest, entry))
        {
            file.Restart();
            throw new DownloadException(
                $"{AddressOf(entry)}: SHA-256 is {digest.Sha256} ({digest.Bytes:N0} bytes), " +
                $"expected {entry.Sha256Prefix}… ({entry.Bytes:N0} bytes). " +
                "The file is not the published one; nothing was installed.");
        }

        File.Move(partial, path, overwrite: true);
        return (path, digest);
    }

    /// <summary>
    /// Whether a file is the published one, by all that was ever published: its length and the first digits of its digest.
    /// </summary>
    public static bool IsPublished(FileDigest digest, CatalogEntry entry) =>
        digest.Bytes == entry.Bytes && digest.Sha256.StartsWith(entry.Sha256Prefix, StringComparison.Ordinal);

    private Uri AddressOf(CatalogEntry entry) =>
        options.BaseAddress is null ? new Uri(entry.Url) : new Uri(options.BaseAddress, entry.File);

    private async Task ReceiveAllAsync(
        Uri address, PartialFile file, CatalogEntry entry, IProgress<long>? progress, CancellationToken cancel)
    {
        if (file.Length > entry.Bytes) file.Restart();
        TimeSpan delay = options.FirstDelay;
        for (int attempt = 1; file.Length < entry.Bytes;)
        {
            long before = file.Length;
            Exception failure;
            try
            {
                await ReceiveAsync(address, file, entry, progress, cancel).ConfigureAwait(false);
                failure = new IOException("the connection ended early");
            }
            catch (Exception exception) when (!cancel.IsCancellationRequested && IsTransient(exception))
            {
                failure = exception;
            }
            catch (HttpRequestException exception) when (!cancel.IsCancellationRequested)
            {
                throw new DownloadException($"{address}: {exception.Message}", exception) { Unreachable = true };
            }

            if (file.Length >= entry.Bytes) return;
            (attempt, delay) = file.Length > before ? (1, options.FirstDelay) : (attempt + 1, delay);
            if (attempt > AttemptsFor(failure))
            {
                string kept =
                    file.Length == 0 ? "" : $"; {file.Length:N0} of {entry.Bytes:N0} bytes are kept, and the next run resumes there";
                throw new DownloadException($"{address}: {Reason(failure)}{kept}.", failure) { Unreachable = true };
            }

            await Task.Delay(delay, time, cancel).ConfigureAwait(false);
            delay *= 2;
        }
    }

    private async Task ReceiveAsync(Uri address, PartialFile file, CatalogEntry entry, IProgress<long>? progress, CancellationToken cancel)
    {
        using CancellationTokenSource silence = new(options.Silence, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        if (file.Length > 0) request.Headers.Range = new RangeHeaderValue(file.Length, null);
        using HttpResponseMessage response = await client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        AcceptPosition(response, file);
        CheckLength(response, address, file, entry);

        using Stream body = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        while (true)
        {
            silence.CancelAfter(options.Silence);
            int read = await body.ReadAsync(buffer, either.Token).ConfigureAwait(false);
            if (read == 0) return;
            if (file.Length + read > entry.Bytes)
                throw new DownloadException($"{address}: is longer than the published {entry.Bytes:N0} bytes.");
            await WriteAsync(file, buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
            progress?.Report(file.Length);
        }
    }

    // A full disk is no broken connection: it must not be retried.
    private static async Task WriteAsync(PartialFile file, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            await file.AppendAsync(bytes, cancel).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new DownloadException($"the download cannot be written: {exception.Message}", exception);
        }
    }

    private static void AcceptPosition(HttpResponseMessage response, PartialFile file)
    {
        bool continues = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == file.Length;
        if (continues) return;
        if (response.StatusCode is HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            file.Restart();
            throw new HttpRequestException(
                "the server does not continue where the download stopped", null, HttpStatusCode.ServiceUnavailable);
        }

        response.EnsureSuccessStatusCode();
        file.Restart();
    }

    private static void CheckLength(HttpResponseMessage response, Uri address, PartialFile file, CatalogEntry entry)
    {
        long? rest = response.Content.Headers.ContentLength;
        if (rest is not null && file.Length + rest != entry.Bytes)
            throw new DownloadException(
                $"{address}: the server offers {file.Length + rest:N0} bytes where {entry.Bytes:N0} were published; " +
                "nothing was installed.");
    }

    private static bool IsTransient(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } =>
            (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests,
        HttpRequestException or IOException or OperationCanceledException => true,
        _ => false,
    };

    // Without any connection, half a minute of retries would only hide the cause.
    private int AttemptsFor(Exception failure) =>
        failure is HttpRequestException
        {
            StatusCode: null,
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError,
        } ? Math.Min(2, options.Attempts) : options.Attempts;

    private string Reason(Exception failure) => failure switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            "the host's name cannot be resolved; is there a network?",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"no connection ({failure.Message})",
        OperationCanceledException => $"no byte for {options.Silence.TotalSeconds:N0} s",
        _ => failure.Message,
    };
}
