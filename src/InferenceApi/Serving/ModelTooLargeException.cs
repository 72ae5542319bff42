namespace InferenceApi.Serving;

/// <summary>The model alone takes more than the memory budget. The message is for callers.</summary>
/// <param name="bytes">What it would take.</param>
/// <param name="budget">What there is.</param>
public sealed class ModelTooLargeException(long bytes, long budget)
    : Exception($"it takes about {bytes / 1e6:F0} MB, and all models together may take {budget / 1e6:F0} MB (Serving:MemoryBudget).");
