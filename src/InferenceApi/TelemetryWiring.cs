using InferenceApi.Classification;
using InferenceApi.Serving;
using InferenceApi.Telemetry;

namespace InferenceApi;

/// <summary>Connects what the served models tell with what is counted.</summary>
internal static class TelemetryWiring
{
    public static void ObserveEngine(this WebApplication app)
    {
        var metrics = app.Services.GetRequiredService<InferenceMetrics>();
        var models = app.Services.GetRequiredService<ServedModels>();
        var slots = app.Services.GetRequiredService<PreparationSlots>();
        models.BatchObserver = run => metrics.RunFinished(run.Model, run.Version, run.Rows, run.Failed);
        models.LoadObserver = metrics.ModelLoaded;
        metrics.Observe(() => models.Status().Select(Snapshot), () => slots.Pending);
    }

    private static ModelSnapshot Snapshot(ModelStatus model) => new(
        model.Name, model.Manifest?.Version ?? 0, NameOf(model.State), model.Waiting, model.EstimatedWait, model.MemoryBytes, model.Instances);

    // In the order of the enum.
    private static string NameOf(ModelState state) => InferenceMetrics.ModelStates[(int)state];
}
