//! Turns `async fn name(a: A) -> R { body }` into
//!
//! ```text
//! #[track_caller]
//! fn name(a: A) -> path::Process<R> {
//!     path::go(async move {
//!         let a = a;
//!         body
//!     })
//! }
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, FnArg, Ident, ItemFn, Pat, PatType, Path, ReturnType, Token, Type};

/// `home`: where `go` and `Process` are, unless the arguments name another place.
pub(crate) fn process(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
    home: Option<&str>,
) -> proc_macro::TokenStream {
    let expanded = syn::parse::<Args>(args)
        .and_then(|args| args.path(home))
        .and_then(|path| expand(&path, syn::parse(item.clone())?));
    match expanded {
        Ok(tokens) => tokens.into(),
        Err(error) => error.into_compile_error().into(),
    }
}

/// The arguments of the attribute: none, or `crate = path`.
struct Args(Option<Path>);

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        const USAGE: &str = "#[process] takes no arguments but `crate = path`";

        if input.is_empty() {
            return Ok(Args(None));
        }
        if !input.peek(Token![crate]) {
            return Err(input.error(USAGE));
        }
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        let path = Path::parse_mod_style(input)?;
        input.parse::<Option<Token![,]>>()?;
        if input.is_empty() {
            Ok(Args(Some(path)))
        } else {
            Err(input.error(USAGE))
        }
    }
}

impl Args {
    fn path(self, home: Option<&str>) -> syn::Result<Path> {
        match (self.0, home) {
            (Some(path), _) => Ok(path),
            (None, Some(home)) => syn::parse_str(home),
            (None, None) => Err(Error::new(
                Span::call_site(),
                "say whose `go` starts the process: #[process(crate = path)], \
                 or use the #[process] of an adapter such as csp-tokio",
            )),
        }
    }
}

fn expand(path: &Path, function: ItemFn) -> syn::Result<TokenStream> {
    let ItemFn {
        attrs,
        vis,
        mut sig,
        block,
    } = function;
    if sig.asyncness.take().is_none() {
        return Err(Error::new(
            sig.fn_token.span,
            "a #[process] has to be an `async fn`",
        ));
    }

    let output = match &sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    let typed = typed_return(&sig.output)?;
    let mut bindings = Vec::new();
    for (n, arg) in sig.inputs.iter_mut().enumerate() {
        bindings.push(bind(n, arg)?);
    }

    // With the body's span, so that "is not `Send`" and its like point at the body.
    // Its statements, not the block, whose braces would count as unnecessary.
    let body = &block.stmts;
    let start = quote_spanned! { block.brace_token.span.join() =>
        #path::go(async move {
            #(#bindings)*
            #typed
            #(#body)*
        })
    };
    sig.output = syn::parse_quote!(-> #path::Process<#output>);
    Ok(quote! {
        #(#attrs)*
        #[track_caller]
        #vis #sig {
            #start
        }
    })
}

/// Gives an argument of the outer function a name, and returns what binds its pattern inside.
///
/// As in an `async fn` every argument moves into the process and lives until it ends, those that
/// the body never mentions too.
fn bind(n: usize, arg: &mut FnArg) -> syn::Result<TokenStream> {
    let arg = match arg {
        FnArg::Typed(arg) => arg,
        FnArg::Receiver(receiver) => {
            return Err(Error::new_spanned(
                receiver,
                "a #[process] cannot take `self`: it may outlive it; pass what it needs as arguments",
            ));
        }
    };
    let PatType { attrs, pat, .. } = arg;
    let kept: Vec<&Attribute> = attrs
        .iter()
        .filter(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("allow"))
        .collect();
    let (name, binding) = match &**pat {
        // The name stays what it is, for the sake of the signature in the documentation.
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
            let name = pat.ident.clone();
            let binding = quote!(#(#kept)* let #pat = #name;);
            (name, binding)
        }
        pat => {
            let name: Ident = format_ident!("__arg{n}");
            // Twice: `_` and `ref` patterns do not move what they match.
            let binding = quote! {
                #(#kept)* let #name = #name;
                #(#kept)* let #pat = #name;
            };
            (name, binding)
        }
    };
    **pat = syn::parse_quote!(#name);
    Ok(binding)
}

/// Tells the compiler the type of the body before it reads it, as the signature of an `async fn`
/// does: for `?`, and for values that have to be coerced.
fn typed_return(output: &ReturnType) -> syn::Result<Option<TokenStream>> {
    match output {
        ReturnType::Default => Ok(None),
        ReturnType::Type(_, ty) => match &**ty {
            Type::ImplTrait(_) => Err(Error::new_spanned(
                ty,
                "a #[process] cannot return `impl Trait`: name the type, or box it",
            )),
            ty => Ok(Some(quote! {
                #[allow(unreachable_code, clippy::diverging_sub_expression)]
                if false {
                    let output: #ty = loop {};
                    return output;
                }
            })),
        },
    }
}
