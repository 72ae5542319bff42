using InferenceApi.Runtime;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// Opens the sessions of a verified model, at least one, with rows of the same lengths; those of the most slots first. The caller disposes them. In service this is
/// <see cref="OnnxModel.OpenSessions"/>; tests give scripted sessions.
/// </summary>
public delegate IReadOnlyList<IModelSession> SessionOpener(InstalledModel model);
