using System.CommandLine;
using ModelStore;

namespace Export.Commands;

/// <summary>The option that every command shares: where the models are.</summary>
internal static class StoreOption
{
    private const string Variable = "MODEL_STORE", Default = "models";

    public static Option<string> Create() => new("--store")
    {
        Description = $"The store's folder. Default: ${Variable}, else ./{Default}.",
        HelpName = "DIR",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : Default,
    };

    /// <summary>The message for a store that does not exist.</summary>
    public static string Missing(StoreFolder store) => $"there is no store at {store.Root}.";

    public static StoreFolder Folder(this ParseResult result, Option<string> option) => new(result.GetRequiredValue(option));
}
