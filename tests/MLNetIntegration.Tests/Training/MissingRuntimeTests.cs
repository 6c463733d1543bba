using System.Reflection;
using System.Runtime.Loader;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Toolkit.MLNetIntegration.Training;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>What a trained network needs to score is asked for before a row is read.</summary>
public sealed class MissingRuntimeTests
{
    private static readonly string[] Columns = ["X", "Y"];
    private readonly MLContext ml = new(seed: 1);
    private int read;

    [Fact]
    public void A_missing_native_runtime_is_named_with_its_package_before_training()
    {
        Assembly library = new WithoutRuntime().LoadFromAssemblyPath(typeof(NeuralNetworkEstimator).Assembly.Location);
        object options = Activator.CreateInstance(library.GetType(typeof(NeuralNetworkOptions).FullName!, true)!)!;
        options.GetType().GetProperty(nameof(NeuralNetworkOptions.FeatureColumns))!.SetValue(options, Columns);
        options.GetType().GetProperty(nameof(NeuralNetworkOptions.LabelColumn))!.SetValue(options, "Target");
        object estimator = library.GetType(typeof(NeuralNetworkCatalog).FullName!, true)!
            .GetMethod(nameof(NeuralNetworkCatalog.NeuralNetwork), [typeof(RegressionCatalog), options.GetType()])!.Invoke(null, [ml.Regression, options])!;
        MethodInfo fit = estimator.GetType().GetMethod(nameof(NeuralNetworkEstimator.Fit))!;
        Exception error = Assert.Throws<TargetInvocationException>(() => fit.Invoke(estimator, [Data()])).InnerException!;
        Assert.Equal(typeof(ServingException).FullName, error.GetType().FullName);
        Assert.Contains("add the package Microsoft.ML.OnnxRuntime (CPU) or Microsoft.ML.OnnxRuntime.Gpu (CUDA)", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, read);
    }

    [Fact]
    public void A_missing_provider_is_named_before_training()
    {
        if (OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            Assert.Skip("CUDA is present.");
        }

        var options = new NeuralNetworkOptions { FeatureColumns = Columns, LabelColumn = "Target", Serving = new ServingOptions { Provider = Provider.Cuda() } };
        ProviderUnavailableException error = Assert.Throws<ProviderUnavailableException>(() => ml.Regression.NeuralNetwork(options).Fit(Data()));
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, read);
    }

    private IDataView Data()
    {
        return ml.Data.LoadFromEnumerable(Rows());

        IEnumerable<TrainingData.Row> Rows()
        {
            foreach (TrainingData.Row row in TrainingData.Rows(20))
            {
                read++;
                yield return row;
            }
        }
    }

    /// <summary>The libraries once more, without the native one.</summary>
    private sealed class WithoutRuntime : AssemblyLoadContext
    {
        private static readonly string[] Own =
            ["Toolkit.MLNetIntegration", "Toolkit.OnnxExport", "Toolkit.Modeling", "Toolkit.Autograd", "Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxTransformer"];

        protected override Assembly? Load(AssemblyName assemblyName) => Own.Contains(assemblyName.Name)
            ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll"))
            : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) => unmanagedDllName.Contains("onnxruntime", StringComparison.Ordinal)
            ? throw new DllNotFoundException(unmanagedDllName)
            : 0;
    }
}
