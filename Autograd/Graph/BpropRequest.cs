using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>What a back-propagation rule is asked, once for all inputs: <c>op.bprop(inputs, X, G)</c> of the book (section 6.5.6) for every X that is wanted.</summary>
public sealed class BpropRequest
{
    private readonly Node node;
    private readonly IReadOnlyList<Variable?> gradients;
    private readonly bool[] wanted;
    private readonly Func<IReadOnlyList<Variable>, IReadOnlyList<Variable?>> through;
    private readonly PullBackFunction pullBack;

    internal BpropRequest(
        Node node,
        IReadOnlyList<Variable?> gradients,
        bool[] wanted,
        Func<IReadOnlyList<Variable>, IReadOnlyList<Variable?>> through,
        PullBackFunction pullBack)
    {
        this.node = node;
        this.gradients = gradients;
        this.wanted = wanted;
        this.through = through;
        this.pullBack = pullBack;
    }

    /// <summary>The vector-Jacobian product of some variables with respect to others.</summary>
    internal delegate IReadOnlyList<Variable?> PullBackFunction(IReadOnlyList<Variable> ys, IReadOnlyList<Variable?> seeds, IReadOnlyList<Variable> wrt);

    /// <summary>The inputs of the node.</summary>
    public Arguments Arguments => node.Inputs;

    /// <summary>The input at a position.</summary>
    /// <param name="position">The position.</param>
    /// <exception cref="GraphException">The input is left out.</exception>
    public Variable this[int position] => node.Inputs[position];

    /// <summary>Whether the gradient with respect to the input at a position is asked for.</summary>
    /// <param name="position">The position.</param>
    public bool Wants(int position) => position < wanted.Length && wanted[position];

    /// <summary>G: the gradient that comes in at a result; null where it is zero.</summary>
    /// <param name="output">The position of the result.</param>
    public Variable? Gradient(int output) => gradients[output];

    /// <summary>A result of the node.</summary>
    /// <param name="output">Its position.</param>
    public Variable Result(int output) => node.Outputs[output];

    /// <summary>The results of the node.</summary>
    public IReadOnlyList<Variable> Results => node.Outputs;

    /// <summary>The answer that every contribution is zero.</summary>
    public IReadOnlyList<Variable?> Zero => new Variable?[wanted.Length];

    /// <summary>The answer in which the contribution to each input that is wanted comes from a function of its position, and the others are zero.</summary>
    /// <param name="contribution">The contribution to the input at a position; null for zero.</param>
    public IReadOnlyList<Variable?> Each(Func<int, Variable?> contribution)
    {
        var result = new Variable?[wanted.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = wanted[i] ? contribution(i) : null;
        }

        return result;
    }

    /// <summary>
    /// The answer that follows from the same results written in other operations of the node's inputs. Differentiation stops at these inputs, so that an
    /// input which depends on another is not followed twice.
    /// </summary>
    /// <param name="same">For each result a variable with the same value.</param>
    public IReadOnlyList<Variable?> Through(IReadOnlyList<Variable> same) => through(same);

    /// <summary>The vector-Jacobian product inside a body of the operation: Σᵢ seedᵢᵀ ∂yᵢ/∂wrt.</summary>
    /// <param name="ys">Results of the body.</param>
    /// <param name="seeds">The gradient that comes in at each of them; null for zero.</param>
    /// <param name="wrt">Inputs of the body.</param>
    /// <returns>One variable for each, null where no y depends on it.</returns>
    public IReadOnlyList<Variable?> PullBack(IReadOnlyList<Variable> ys, IReadOnlyList<Variable?> seeds, IReadOnlyList<Variable> wrt) => pullBack(ys, seeds, wrt);

    /// <summary>The error that a derivative does not exist or is not known.</summary>
    /// <param name="reason">Why, as the end of the sentence "there is no gradient because …".</param>
    public GradientException NotDefined(string reason) => new(
        $"{node} has no gradient with respect to {string.Join(" and ", Wanted().Select(i => $"its input {i} ({node.Inputs[i]})"))} because {reason}.");

    private IEnumerable<int> Wanted() => Enumerable.Range(0, wanted.Length).Where(i => wanted[i]);
}
