using System.CommandLine;
using ModelStore;

namespace Export.Commands;

/// <summary>`export wait`: returns once the store has every named model; what a pod does while another one fills the store.</summary>
internal static class WaitCommand
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    public static Command Build(Option<string> store)
    {
        Argument<string[]> models = new("MODEL") { Arity = ArgumentArity.OneOrMore, Description = "Models that must be installed." };
        Command command = new("wait", "Waits until the store has the models, which another process installs.") { models };
        command.SetAction((result, cancel) => CommandErrors.GuardAsync(Console.Error, async () =>
        {
            string[] named = result.GetValue(models) ?? [];
            await RunAsync(result.Folder(store), named, TimeProvider.System, Console.Out, cancel).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>Looks at the store every two seconds; a version appears in it whole, so that a folder is enough.</summary>
    /// <param name="folder">The store; it may not exist yet.</param>
    /// <param name="models">Names.</param>
    /// <param name="clock">Of the period.</param>
    /// <param name="output">Gets a line whenever what is missing changes, and one at the end.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task RunAsync(
        StoreFolder folder, IReadOnlyList<string> models, TimeProvider clock, TextWriter output, CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Period, clock);
        string said = "";
        while (true)
        {
            string missing = string.Join(", ", models.Where(model => folder.Versions(model).Count == 0));
            if (missing.Length == 0) break;
            if (missing != said) await output.WriteLineAsync($"waiting for {missing} in {folder.Root}").ConfigureAwait(false);
            said = missing;
            await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false);
        }

        await output.WriteLineAsync($"{folder.Root} has {string.Join(", ", models)}").ConfigureAwait(false);
    }
}
