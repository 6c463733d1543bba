namespace Toolkit.OnnxExport.Serving;

/// <summary>Where ONNX Runtime executes a model: one of <see cref="Cpu"/> and <see cref="Cuda"/>.</summary>
public abstract record Provider
{
    private Provider()
    {
    }

    /// <summary>The processor; always available.</summary>
    public static Provider Cpu { get; } = new CpuProvider();

    /// <summary>The provider's name in ONNX Runtime.</summary>
    public abstract string RuntimeName { get; }

    /// <summary>An NVIDIA GPU. It needs the package Microsoft.ML.OnnxRuntime.Gpu and a matching CUDA and cuDNN.</summary>
    /// <param name="deviceId">The number of the GPU.</param>
    public static Provider Cuda(int deviceId = 0) => new CudaProvider(deviceId);

    internal sealed record CpuProvider : Provider
    {
        public override string RuntimeName => "CPUExecutionProvider";

        public override string ToString() => "CPU";
    }

    internal sealed record CudaProvider(int DeviceId) : Provider
    {
        public override string RuntimeName => "CUDAExecutionProvider";

        public override string ToString() => $"CUDA:{DeviceId}";
    }
}
