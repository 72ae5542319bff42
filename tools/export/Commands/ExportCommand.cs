using System.CommandLine;
using System.CommandLine.Parsing;
using Export.Downloads;
using ModelStore;
using Spectre.Console;

namespace Export.Commands;

/// <summary>The command itself: its options, and the exports they lead to.</summary>
internal static class ExportCommand
{
    /// <summary>The root command with its sub-commands.</summary>
    public static RootCommand Build()
    {
        Option<string> store = StoreOption.Create();
        Argument<string[]> models = new("MODEL") { Arity = ArgumentArity.ZeroOrMore, Description = "Published models; `list` shows them." };
        Option<bool> all = new("--all") { Description = "All twelve published models." };
        Option<string?> checkpoint = new("--checkpoint")
        {
            Description = "Read this file (torch.save or safetensors) instead of downloading.",
            HelpName = "FILE",
        };
        Option<string?> name = new("--name") { Description = "Name to install your own checkpoint under.", HelpName = "NAME" };
        Option<string?> labels = new("--labels")
        {
            Description = "Class names: a CSV of index,wnid,label, or one name a line.",
            HelpName = "FILE",
        };
        Option<string?> synthetic = new("--synthetic")
        {
            Description = "Seeded random weights of the right architecture instead of real ones; the answers mean nothing.",
            HelpName = "SEED",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string> precision = new("--precision")
        {
            Description = "fp32; fp16 for GPUs; int8 for CPUs. Installed beside the other as MODEL_fp16 or MODEL_int8.",
            HelpName = "fp32|fp16|int8",
            DefaultValueFactory = _ => "fp32",
        };
        Option<string?> calibrate = new("--calibrate")
        {
            Description = "int8: a folder of photographs like those the model will see, 64 or more; or the word noise.",
            HelpName = "DIR|noise",
        };
        Option<bool> accept = new("--accept-agreement") { Description = "int8: install it even where it answers too unlike fp32." };
        Option<bool> force = new("--force") { Description = "Install another version even though the model is installed already." };

        models.Validators.Add(RefuseOptions);
        RootCommand root = new(
            "Brings ResNet and ResNeXt classifiers from PyTorch checkpoints into a model store, as ONNX. " +
            "Nothing in a checkpoint is executed.")
        {
            models, all, checkpoint, name, labels, synthetic, precision, calibrate, accept, force, store,
            ListCommand.Build(store), VerifyCommand.Build(store), WaitCommand.Build(store), RemoveCommand.Build(store),
        };
        root.SetAction((result, cancel) => CommandErrors.GuardAsync(Console.Error, () => RunAsync(
            new ExportArguments
            {
                Models = result.GetValue(models) ?? [],
                All = result.GetValue(all),
                Checkpoint = result.GetValue(checkpoint),
                Name = result.GetValue(name),
                Labels = result.GetValue(labels),
                Synthetic = result.GetResult(synthetic) is not null,
                SyntheticValue = result.GetValue(synthetic),
                Precision = result.GetValue(precision) ?? "fp32",
                Calibrate = result.GetValue(calibrate),
                AcceptAgreement = result.GetValue(accept),
                Force = result.GetValue(force),
            },
            result.Folder(store),
            cancel)));
        HelpExamples.AddTo(root);
        return root;
    }

    /// <summary>An option that does not exist would otherwise be taken for a model.</summary>
    private static void RefuseOptions(ArgumentResult result)
    {
        if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith('-')) is not { } unknown) return;
        IEnumerable<string> options = ((CommandResult)result.Parent!).Command.Options.Select(option => option.Name);
        string hint = NearestNames.Of(unknown.Value, options) is [string near, ..] ? $" Did you mean {near}?" : "";
        result.AddError($"There is no option '{unknown.Value}'.{hint}");
    }

    private static async Task<int> RunAsync(ExportArguments arguments, StoreFolder store, CancellationToken cancel)
    {
        IReadOnlyList<ExportRequest> requests = arguments.Requests();
        using HttpClient client = CheckpointDownload.CreateClient();
        ModelExporter exporter = ModelExporter.Create(store, client);
        ExportConsole console = new(AnsiConsole.Console, plain: Console.IsOutputRedirected);
        int worst = ExitCode.Ok;
        foreach (ExportRequest request in requests)
        {
            // One model that fails does not keep the others from being installed.
            int code = await CommandErrors.GuardAsync(Console.Error, async () =>
            {
                ExportReport report = await console.ShowAsync(
                    progress => exporter.ExportAsync(request, progress, cancel)).ConfigureAwait(false);
                console.Tell(report);
                return ExitCode.Ok;
            }).ConfigureAwait(false);
            worst = Math.Max(worst, code);
            if (cancel.IsCancellationRequested) break;
        }

        return worst;
    }
}
