using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>Max pooling whose positions nobody reads, as in inference. It exists in plans alone.</summary>
/// <param name="Pool">The pooling.</param>
internal sealed record MaxPoolValues(MaxPool Pool) : Operation
{
    public override string Name => Pool.Name;

    public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [Pool.Infer(inputs)[0]];

    public override void Compute(KernelArguments arguments) => Pool.Compute(arguments);
}
