using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>What tests of exported training steps share.</summary>
internal static class TrainingSteps
{
    /// <summary>ONNX Runtime warns of every initializer that an input may override.</summary>
    public static ServingOptions Quiet { get; } = new() { IntraOpThreads = 1, Configure = options => options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };

    /// <summary>‖expected − found‖/‖expected‖; ‖found‖ where nothing is expected, infinite where types or sizes differ.</summary>
    public static double Difference(Value expected, Value found)
    {
        if (expected.DType != found.DType || !expected.Sizes.SequenceEqual(found.Sizes))
            return double.PositiveInfinity;
        double difference = 0.0, norm = 0.0;
        for (int i = 0; i < expected.Count; i++)
        {
            difference += Math.Pow(expected[i] - found[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(norm > 0.0 ? difference / norm : difference);
    }
}
