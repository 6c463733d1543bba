using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Constants in the order in which kernels read them, packed when a plan is made and shared by all plans of a function. Packing takes as long as some rows of a
/// product, in every run if it is not done before.
/// </summary>
internal sealed class PackedConstants
{
    private readonly Dictionary<(Value Constant, string Form), Storage?> packed = [];

    /// <summary>A constant in a form; made when it is first asked for.</summary>
    /// <param name="constant">The constant.</param>
    /// <param name="form">The name of the form.</param>
    /// <param name="pack">Makes it.</param>
    public Storage? Get(Value constant, string form, Func<Value, Storage?> pack)
    {
        lock (packed)
        {
            if (!packed.TryGetValue((constant, form), out Storage? known))
            {
                packed[(constant, form)] = known = pack(constant);
            }

            return known;
        }
    }
}
