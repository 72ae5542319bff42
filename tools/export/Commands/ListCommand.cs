using System.CommandLine;
using System.Globalization;
using ModelStore;
using Spectre.Console;

namespace Export.Commands;

/// <summary>`export list`: what is published and what is installed.</summary>
internal static class ListCommand
{
    private static readonly string[] Columns = ["model", "architecture", "parameters", "GMACs", "top-1 measured", "top-1 published", "licence", "installed"];

    public static Command Build(Option<string> store)
    {
        Command command = new("list", "Shows the published models and what the store holds.");
        command.SetAction((result, _) => CommandErrors.GuardAsync(Console.Error, () =>
        {
            StoreFolder folder = result.Folder(store);
            int code = ExitCode.Ok;
            List<InstalledModel> installed = [.. folder.List(broken =>
            {
                Console.Error.WriteLine($"export: {broken.Message}");
                code = ExitCode.Failed;
            })];
            Write([.. Rows(installed)]);
            return Task.FromResult(code);
        }));
        return command;
    }

    private static IEnumerable<string[]> Rows(List<InstalledModel> installed)
    {
        foreach (CatalogEntry entry in ModelCatalog.Entries)
        {
            InstalledModel? model = installed.Find(model => model.Manifest.Name == entry.Name);
            yield return
            [
                entry.Name, entry.Architecture, entry.Parameters.ToString("N0", CultureInfo.InvariantCulture), Number(entry.Gmacs),
                Number(entry.Top1Measured), Number(entry.Top1Published) + (entry.KnownBad ? " (bad upload)" : ""), entry.Licence, State(model),
            ];
        }

        foreach (InstalledModel model in installed.Where(model => ModelCatalog.Find(model.Manifest.Name) is null))
        {
            ModelManifest manifest = model.Manifest;
            yield return [manifest.Name, manifest.Architecture, manifest.Parameters.ToString("N0", CultureInfo.InvariantCulture), "", "", "", manifest.Licence, State(model)];
        }
    }

    private static string State(InstalledModel? model) =>
        model is null ? "" : $"version {model.Manifest.Version}, {model.Manifest.Origin.ToString().ToLowerInvariant()}";

    private static string Number(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);

    private static void Write(List<string[]> rows)
    {
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine(string.Join('\t', Columns));
            foreach (string[] row in rows) Console.WriteLine(string.Join('\t', row));
            return;
        }

        Table table = new Table().AddColumns(Columns);
        foreach (string[] row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }
}
