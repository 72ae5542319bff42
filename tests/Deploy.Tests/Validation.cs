using System.Text.Json.Nodes;

namespace Deploy.Tests;

/// <summary>Kubernetes' schemas and the values schema, through chart/validate.</summary>
internal static class Validation
{
    private static readonly string Folder = Path.Combine(Chart.Machinery, "validate");

    /// <summary>Whether its npm packages are there; the first question installs them from the lock file.</summary>
    public static Lazy<bool> Installed { get; } = new(Install);

    /// <summary>What Kubernetes would refuse or ignore in these objects: wrong types, missing and unknown fields.</summary>
    public static string[] Problems(JsonArray objects) =>
        Strings(JsonNode.Parse(Tool.Output("node", [Path.Combine(Folder, "validate.mjs"), "objects"], objects.ToJsonString())));

    /// <summary>What values.schema.json refuses, one list for each of the values.</summary>
    public static string[][] ValuesProblems(JsonArray values)
    {
        string[] arguments = [Path.Combine(Folder, "validate.mjs"), "values", Chart.SchemaPath];
        JsonNode? answer = JsonNode.Parse(Tool.Output("node", arguments, values.ToJsonString()));
        return [.. answer!.AsArray().Select(Strings)];
    }

    private static string[] Strings(JsonNode? list) => [.. list!.AsArray().Select(item => (string)item!)];

    private static bool Install()
    {
        if (!Tool.Exists("npm") || !Tool.Exists("node")) return false;
        // npm writes this file last, so an interrupted installation is not taken for a whole one.
        string installed = Path.Combine(Folder, "node_modules", ".package-lock.json");
        if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            return true;
        return Tool.Run("npm", ["ci", "--prefix", Folder, "--ignore-scripts", "--no-audit", "--no-fund"]).ExitCode == 0;
    }
}
