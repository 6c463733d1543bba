using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Optimizers.FullBatch;

/// <summary>
/// A scalar of a graph as a function f: ℝⁿ → ℝ of all its parameters side by side, with gradient and Hessian-vector products: what full-batch methods and
/// diagnosis work on. Numbers are float64 here, whatever the type of the parameters, so float32 parameters limit the accuracy.
/// </summary>
/// <remarks>Evaluating sets the parameters. Not for use by several threads at once.</remarks>
public sealed class ScalarFunction
{
    private readonly Parameter[] parameters;
    private readonly Value[] inputs;
    private readonly Function gradient;
    private readonly Parameter[] directions;
    private readonly Lazy<Function> product;
    private readonly Value[] gradientOutputs;
    private readonly Value[] productOutputs;

    /// <summary>A function of parameters.</summary>
    /// <param name="scalar">f: a floating-point scalar.</param>
    /// <param name="parameters">What it is a function of; at least one.</param>
    /// <param name="inputs">The inputs of the graph, such as all examples, with their values, which are not copied.</param>
    /// <param name="execution">Threads and compiler switches; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are no parameters.</exception>
    public ScalarFunction(
        Variable scalar,
        IReadOnlyList<Parameter> parameters,
        IReadOnlyList<(Variable Input, Value Value)>? inputs = null,
        ExecutionOptions? execution = null)
    {
        if (parameters.Count == 0)
            throw new ArgumentException("Expected at least one parameter, found none.", nameof(parameters));
        inputs ??= [];
        this.parameters = [.. parameters];
        this.inputs = [.. inputs.Select(pair => pair.Value)];
        Variable[] variables = [.. parameters.Select(parameter => parameter.Variable)];
        Variable[] symbols = [.. inputs.Select(pair => pair.Input)];
        IReadOnlyList<Variable> gradients = Gradient.Of(scalar, variables);
        gradient = Function.Compile(symbols, [scalar, .. gradients], null, execution);
        gradientOutputs = new Value[1 + variables.Length];
        productOutputs = new Value[variables.Length];
        directions = [.. parameters.Select((p, i) => new Parameter($"direction.{i}", Value.Zeros(p.DType, p.Value.Sizes), ParameterRole.State))];
        product = new Lazy<Function>(() =>
        {
            // Book equation 6.59: Hv = ∇(gᵀv), with v constant.
            Variable inner = gradients.Zip(directions, (g, v) => (g * v.Variable).Sum()).Aggregate((sum, term) => sum + term);
            return Function.Compile(symbols, Gradient.Of(inner, variables), null, execution);
        });
        Size = parameters.Sum(parameter => parameter.Value.Count);
    }

    /// <summary>n: the number of numbers in all parameters.</summary>
    public int Size { get; }

    /// <summary>Whether the parameters are finite in their own type, which a point of float64 numbers can leave.</summary>
    internal bool IsFinite => Finite.Fault(parameters) is null;

    /// <summary>How often the function and its gradient have been evaluated.</summary>
    public int Evaluations { get; private set; }

    /// <summary>The parameters' present values, side by side.</summary>
    public double[] Point
    {
        get => Gather(parameters.Select(parameter => parameter.Value));
        set => Scatter(value, parameters);
    }

    /// <summary>f and its gradient at a point, to which the parameters are set.</summary>
    /// <param name="point">n numbers.</param>
    /// <param name="result">Receives the gradient, n numbers.</param>
    /// <returns>f.</returns>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> result)
    {
        Scatter(point, parameters);
        gradient.RunInto(inputs, gradientOutputs);
        Evaluations++;
        int at = 0;
        foreach (Value value in gradientOutputs.AsSpan(1))
        {
            for (int i = 0; i < value.Count; i++)
                result[at++] = value[i];
        }

        return gradientOutputs[0].Scalar();
    }

    /// <summary>Hv: the product of the Hessian at the parameters' present values with a vector, at the cost of about two gradients, without the matrix.
    /// Source: book equation 6.59.</summary>
    /// <param name="vector">v, n numbers.</param>
    public double[] HessianProduct(ReadOnlySpan<double> vector)
    {
        Scatter(vector, directions);
        product.Value.RunInto(inputs, productOutputs);
        return Gather(productOutputs);
    }

    private double[] Gather(IEnumerable<Value> values)
    {
        var all = new double[Size];
        int at = 0;
        foreach (Value value in values)
        {
            for (int i = 0; i < value.Count; i++)
                all[at++] = value[i];
        }

        return all;
    }

    private void Scatter(ReadOnlySpan<double> numbers, Parameter[] targets)
    {
        if (numbers.Length != Size)
            throw new ArgumentException($"Expected {Size} numbers, found {numbers.Length}.", nameof(numbers));
        int at = 0;
        foreach (Parameter target in targets)
        {
            Value value = target.Value;
            if (value.DType == DType.Float64)
            {
                numbers.Slice(at, value.Count).CopyTo(value.Span<double>());
            }
            else
            {
                Span<float> span = value.Span<float>();
                for (int i = 0; i < span.Length; i++)
                    span[i] = (float)numbers[at + i];
            }

            at += value.Count;
        }
    }
}
