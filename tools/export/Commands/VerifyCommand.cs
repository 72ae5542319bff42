using System.CommandLine;
using ModelStore;

namespace Export.Commands;

/// <summary>`export verify`: compares installed files with the digests of their manifests.</summary>
internal static class VerifyCommand
{
    public static Command Build(Option<string> store)
    {
        Argument<string[]> models =
            new("MODEL") { Arity = ArgumentArity.ZeroOrMore, Description = "Models to verify; all installed ones if none is named." };
        Command command = new("verify", "Compares installed files with their SHA-256.") { models };
        command.SetAction((result, _) => CommandErrors.GuardAsync(Console.Error, () =>
        {
            StoreFolder folder = result.Folder(store);
            if (!Directory.Exists(folder.Root)) throw new ModelStoreException(StoreOption.Missing(folder));
            int sound = 0, broken = 0;
            foreach (string name in result.GetValue(models) is { Length: > 0 } named ? named : Installed(folder, ref broken))
                Verify(folder, name, ref sound, ref broken);
            Console.WriteLine(Summary(folder, sound, broken));
            return Task.FromResult(broken == 0 ? ExitCode.Ok : ExitCode.Failed);
        }));
        return command;
    }

    private static string Summary(StoreFolder folder, int sound, int broken)
    {
        if (sound + broken == 0) return $"nothing is installed in {folder.Root}";
        string versions = sound == 1 ? "1 version" : $"{sound} versions";
        return $"{versions} sound{(broken == 0 ? "" : $", {broken} not")} in {folder.Root}";
    }

    private static string[] Installed(StoreFolder folder, ref int broken)
    {
        List<string> unreadable = [];
        string[] names = [.. folder.List(failure => unreadable.Add(failure.Message)).Select(model => model.Manifest.Name)];
        foreach (string message in unreadable) Console.Error.WriteLine($"export: {message}");
        broken += unreadable.Count;
        return names;
    }

    private static void Verify(StoreFolder folder, string name, ref int sound, ref int broken)
    {
        IReadOnlyList<int> versions = folder.Versions(name);
        if (versions.Count == 0)
        {
            Console.Error.WriteLine($"export: {name}: is not installed in {folder.Root}.");
            broken++;
        }

        foreach (int version in versions)
        {
            try
            {
                ModelFileVerifier.Verify(folder.Open(name, version));
                Console.WriteLine($"{name} version {version}: sound");
                sound++;
            }
            catch (ModelStoreException exception)
            {
                Console.Error.WriteLine($"export: {exception.Message}");
                broken++;
            }
        }
    }
}
