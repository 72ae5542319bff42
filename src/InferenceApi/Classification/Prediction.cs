namespace InferenceApi.Classification;

/// <summary>One class of an answer.</summary>
/// <param name="Index">Position in the model's logits, from 0.</param>
/// <param name="Probability">Softmax over all classes, 0 to 1.</param>
public readonly record struct Prediction(int Index, double Probability);
