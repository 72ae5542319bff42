using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Export.Commands;

/// <summary>Adds examples and exit codes to the help of the root command.</summary>
internal static class HelpExamples
{
    private const string Text = """
        Examples:
          export resnet50_swsl                          download, check, convert and install a published model
          export --all --store /srv/models              all twelve
          export resnet50_swsl --checkpoint file.pth    the same model from a file you have; its digest is checked
          export --name birds --checkpoint birds.pth --labels birds.txt
                                                        your own ResNet or ResNeXt, of any depth, width and number of classes
          export resnet18_ssl --synthetic               random weights, to try the service without the licensed ones
          export --synthetic 7 --name tiny resnet_basic_1-1-1-1
          export resnet50_swsl --precision fp16         float16 inside, as resnet50_swsl_fp16: for GPUs
          export resnet50_swsl --precision int8 --calibrate photos/
                                                        bytes inside, as resnet50_swsl_int8: for CPUs, three times as fast
          export list                                   what is published and what is installed
          export verify                                 compare installed files with their digests

        The published weights are licensed CC BY-NC 4.0: not for commercial use, and the authors must be named.
        An interrupted download continues where it stopped. EXPORT_DOWNLOAD_BASE replaces the published address, for a mirror.

        Exit codes: 0 done, 1 something failed (the reason is on the error stream), 2 the command line was wrong,
        3 the weights could not be downloaded.
        """;

    public static void AddTo(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        if (help.Action is HelpAction action) help.Action = new HelpWithExamples(action, root);
    }

    private sealed class HelpWithExamples(HelpAction inner, RootCommand root) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            bool isRoot = parseResult.CommandResult.Command == root;
            // The usage line of a sub-command would name the root's arguments too.
            foreach (Argument argument in root.Arguments) argument.Hidden = !isRoot;
            int code = inner.Invoke(parseResult);
            if (isRoot) parseResult.InvocationConfiguration.Output.WriteLine(Text);
            return code;
        }
    }
}
