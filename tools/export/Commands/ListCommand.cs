using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ModelStore;

namespace Export.Commands;

/// <summary>`export list`: the installed and the published models.</summary>
internal static class ListCommand
{
    /// <summary>The order in which a narrow terminal drops them, from the end.</summary>
    private static readonly TextTable.Column[] Columns =
    [
        new("model"), new("installed"), new("parameters", IsNumber: true), new("top-1 measured", IsNumber: true), new("architecture"),
        new("top-1 published"), new("GMACs", IsNumber: true), new("licence"),
    ];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Build(Option<string> store)
    {
        Option<bool> json = new("--json") { Description = "The same as JSON: an array, `version` null where a model is not installed." };
        Command command = new("list", "Shows what the store holds and which models are published.") { json };
        command.SetAction((result, _) => CommandErrors.GuardAsync(Console.Error, () =>
        {
            StoreFolder folder = result.Folder(store);
            int code = ExitCode.Ok;
            IReadOnlyList<InstalledModel> installed = folder.List(broken =>
            {
                Console.Error.WriteLine($"export: {broken.Message}");
                code = ExitCode.Failed;
            });
            IReadOnlyList<ListedModel> models = ListedModel.Of(installed);
            if (result.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(models, Json));
            else Write(models, folder, installed.Count);
            if (Directory.Exists(folder.Root)) return Task.FromResult(code);
            Console.Error.WriteLine($"export: {StoreOption.Missing(folder)}");
            return Task.FromResult(ExitCode.Failed);
        }));
        return command;
    }

    private static void Write(IReadOnlyList<ListedModel> models, StoreFolder folder, int installed)
    {
        string[][] rows = [.. models.Select(Cells)];
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine(string.Join('\t', Columns.Select(column => column.Heading)));
            foreach (string[] row in rows) Console.WriteLine(string.Join('\t', row));
            return;
        }

        foreach (string line in TextTable.Lines(Columns, rows, Console.WindowWidth)) Console.WriteLine(line);
        Console.WriteLine($"{installed} installed in {folder.Root}");
    }

    private static string[] Cells(ListedModel model) =>
    [
        model.Model,
        model.Version is null ? "" : $"version {model.Version}, {model.Weights}{(model.Precision == "fp32" ? "" : $", {model.Precision}")}",
        model.Parameters.ToString("N0", CultureInfo.InvariantCulture),
        Number(model.Top1Measured),
        model.Architecture,
        Number(model.Top1Published) + (model.KnownBad ? " (bad upload)" : ""),
        Number(model.Gmacs),
        model.Licence,
    ];

    private static string Number(double? value) => value?.ToString("0.0##", CultureInfo.InvariantCulture) ?? "";
}
