using Export.Checkpoints;
using Export.Downloads;
using Export.Onnx;
using Export.Pictures;
using Export.Verification;
using Export.Weights;
using ModelStore;

namespace Export.Commands;

/// <summary>Which exceptions are answers to the user, shown as one line; all others are defects and show their stack.</summary>
internal static class CommandErrors
{
    public static bool IsExpected(Exception exception) =>
        exception is ExportException or CheckpointException or WeightsException or DownloadException or OnnxTooLargeException
            or NetworkCheckException or PicturesException or ModelStoreException or IOException or UnauthorizedAccessException;

    /// <summary>Runs a command's work and turns its failure into a line on the error stream and an exit code.</summary>
    public static async Task<int> GuardAsync(TextWriter errors, Func<Task<int>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (UsageException exception)
        {
            await errors.WriteLineAsync($"export: {exception.Message} (--help shows examples)").ConfigureAwait(false);
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("export: cancelled").ConfigureAwait(false);
            return ExitCode.Failed;
        }
        catch (DownloadException exception) when (exception.Unreachable)
        {
            await errors.WriteLineAsync($"export: {exception.Message}").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            await errors.WriteLineAsync($"export: {exception.Message}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }
}
