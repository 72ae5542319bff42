using System.CommandLine;
using System.Globalization;
using ModelStore;

namespace Export.Commands;

/// <summary>`export remove`: deletes installed models.</summary>
internal static class RemoveCommand
{
    public static Command Build(Option<string> store)
    {
        Argument<string[]> models = new("MODEL") { Arity = ArgumentArity.OneOrMore, Description = "Models to remove." };
        Option<int?> version = new("--version-number")
        {
            Description = "Remove only this version.",
            HelpName = "N",
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return number;
                result.AddError($"--version-number is a whole number, not '{result.Tokens[0].Value}'.");
                return null;
            },
        };
        Command command = new("remove", "Deletes models from the store.") { models, version };
        command.SetAction((result, _) => CommandErrors.GuardAsync(Console.Error, () =>
        {
            StoreFolder folder = result.Folder(store);
            int code = ExitCode.Ok;
            foreach (string name in result.GetValue(models) ?? [])
            {
                IReadOnlyList<int> removed = folder.Remove(name, result.GetValue(version));
                if (removed.Count == 0)
                {
                    Console.Error.WriteLine($"export: {name}: nothing to remove in {folder.Root}.");
                    code = ExitCode.Failed;
                }

                foreach (int each in removed) Console.WriteLine($"{name} version {each}: removed");
            }

            return Task.FromResult(code);
        }));
        return command;
    }
}
