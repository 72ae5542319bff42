using InferenceApi.Runtime;
using InferenceApi.Serving;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Chaos;

/// <summary>The whole service on a real socket, with two models: a sound one, and one whose runs fail now and then.</summary>
internal sealed class ChaosFactory : WebApplicationFactory<Program>
{
    public const string Sound = "sound", Faulty = "faulty";
    public const int Classes = 10;

    private readonly TemporaryFolder _store = new();

    public ChaosFactory(int seed, int faultEveryNthRun)
    {
        Faults = new RunFaults(seed, faultEveryNthRun);
        Store = new StoreFolder(_store.Path);
        foreach (string model in (string[])[Sound, Faulty]) Install(model);
        UseKestrel(0);
        StartServer();
    }

    public StoreFolder Store { get; }

    /// <summary>Those of the runs of the model <see cref="Faulty"/>.</summary>
    public RunFaults Faults { get; }

    public Uri Address => new(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public void Install(string model) => Store.Install(model, TinyOnnx.Create(224, Classes), 224, Classes);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Serving:Store", _store.Path);
        builder.UseSetting("Serving:StorePoll", "00:00:01");
        builder.UseSetting("Serving:WarmUpBudget", "00:00:00");
        builder.UseSetting("Runtime:RunTimeout", "00:00:01");
        builder.UseSetting("Logging:LogLevel:Default", "Critical");
        builder.ConfigureTestServices(services =>
        {
            ServiceDescriptor real = services.Last(service => service.ServiceType == typeof(ModelOpener));
            services.AddSingleton<ModelOpener>(provider =>
            {
                var open = (ModelOpener)real.ImplementationFactory!(provider);
                return installed => installed.Manifest.Name == Faulty ? WithFaults(open(installed)) : open(installed);
            });
        });
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Faults.Dispose();
        base.Dispose(disposing);
        if (disposing) _store.Dispose();
    }

    private OpenedModel WithFaults(OpenedModel opened)
    {
        // A fault in the warm-up makes the load fail, and a later one tries again.
        FaultyInstance Wrap(IModelInstance instance) => new(instance, Faults);
        return opened with
        {
            Instances = [.. opened.Instances.Select(Wrap)],
            AllCores = opened.AllCores is { } shared ? Wrap(shared) : null,
        };
    }
}
