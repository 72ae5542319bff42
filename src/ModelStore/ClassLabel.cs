namespace ModelStore;

/// <summary>One class of a model.</summary>
/// <param name="Index">Position in the row of logits, from 0.</param>
/// <param name="Wnid">WordNet identifier, for example "n02111889"; null where a custom model has none.</param>
/// <param name="Name">For people, for example "Samoyed".</param>
public sealed record ClassLabel(int Index, string? Wnid, string Name);
