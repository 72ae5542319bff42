using InferenceApi.Serving;
using ModelStore;

namespace InferenceApi.Endpoints.Problems;

/// <summary>The answer for a model that is not served; if it is not installed, with the installed ones and similar names.</summary>
internal static class AbsentModel
{
    private const int MostNames = 12, MostSuggestions = 4;

    /// <param name="unknown">What was asked for.</param>
    /// <param name="installed">All of them.</param>
    public static Problem Of(UnknownModelException unknown, IReadOnlyList<ModelStatus> installed)
    {
        string name = unknown.Name;
        if (unknown.IsInstalled)
        {
            return new Problem(
                ProblemKind.ModelNotServed, $"{name} is installed, but only the models of Serving:Preload are served (Serving:OnDemand).");
        }

        string here = Here(installed);
        if (ModelCatalog.Find(name) is not null)
        {
            return new Problem(
                ProblemKind.ModelNotInstalled,
                $"{name} is not installed.{here} Install it with: dotnet run --project tools/export -- {name}");
        }

        string[] published = [.. ModelCatalog.Entries.Select(entry => entry.Name)];
        IReadOnlyList<string> near = NearestNames.Of(name, published.Union(installed.Select(model => model.Name)));
        string hint = near.Count > 0
            ? $"Did you mean {string.Join(" or ", near.Take(MostSuggestions))}?"
            : $"The published ones are {string.Join(", ", published)}.";
        return new Problem(ProblemKind.ModelUnknown, $"There is no model '{SafeText.Of(name)}'.{here} {hint} GET /v1/models lists all.");
    }

    private static string Here(IReadOnlyList<ModelStatus> installed)
    {
        var readyFirst = installed.OrderBy(model => model.State == ModelState.Ready ? 0 : 1).ThenBy(model => model.Name);
        string[] names = [.. readyFirst.Select(model => model.Name)];
        if (names.Length == 0) return " No model is installed here.";
        string more = names.Length > MostNames ? $" and {names.Length - MostNames} more" : "";
        return $" Installed here: {string.Join(", ", names.Take(MostNames))}{more}.";
    }
}
