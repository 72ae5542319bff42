namespace InferenceApi.Hosting;

/// <summary>The service cannot start with the settings it was given.</summary>
/// <param name="lines">One for each wrong setting: its name, its value and what is allowed.</param>
internal sealed class StartException(IReadOnlyList<string> lines) : Exception(string.Join(Environment.NewLine, lines));
