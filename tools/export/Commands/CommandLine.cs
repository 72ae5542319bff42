using System.CommandLine;
using System.CommandLine.Invocation;

namespace Export.Commands;

/// <summary>From what was typed to an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Runs the command; one that cannot be read is one line on the error stream, with no help that would hide it.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter errors)
    {
        ParseResult result = ExportCommand.Build().Parse(args is ["help", .. string[] rest] ? [.. rest, "--help"] : args);
        if (result.Action is not ParseErrorAction) return await result.InvokeAsync().ConfigureAwait(false);
        await errors.WriteLineAsync($"export: {result.Errors[0].Message} (--help shows examples)").ConfigureAwait(false);
        return ExitCode.Usage;
    }
}
