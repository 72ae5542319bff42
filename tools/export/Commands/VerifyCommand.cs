using System.CommandLine;
using ModelStore;

namespace Export.Commands;

/// <summary>`export verify`: compares installed files with the digests of their manifests.</summary>
internal static class VerifyCommand
{
    public static Command Build(Option<string> store)
    {
        Argument<string[]> models = new("MODEL") { Arity = ArgumentArity.ZeroOrMore, Description = "Models to verify; all installed ones if none is named." };
        Command command = new("verify", "Compares installed files with their SHA-256.") { models };
        command.SetAction((result, _) => CommandErrors.GuardAsync(Console.Error, () =>
        {
            StoreFolder folder = result.Folder(store);
            bool sound = true;
            foreach (string name in result.GetValue(models) is { Length: > 0 } named ? named : Installed(folder, ref sound)) sound &= Verify(folder, name);
            return Task.FromResult(sound ? ExitCode.Ok : ExitCode.Failed);
        }));
        return command;
    }

    private static string[] Installed(StoreFolder folder, ref bool sound)
    {
        List<string> broken = [];
        string[] names = [.. folder.List(failure => broken.Add(failure.Message)).Select(model => model.Manifest.Name)];
        foreach (string message in broken) Console.Error.WriteLine($"export: {message}");
        sound &= broken.Count == 0;
        return names;
    }

    private static bool Verify(StoreFolder folder, string name)
    {
        IReadOnlyList<int> versions = folder.Versions(name);
        if (versions.Count == 0) Console.Error.WriteLine($"export: {name}: is not installed in {folder.Root}.");
        bool sound = versions.Count > 0;
        foreach (int version in versions)
        {
            try
            {
                ModelFileVerifier.Verify(folder.Open(name, version));
                Console.WriteLine($"{name} version {version}: sound");
            }
            catch (ModelStoreException exception)
            {
                Console.Error.WriteLine($"export: {exception.Message}");
                sound = false;
            }
        }

        return sound;
    }
}
